import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct NVILTests {
  static func failures<Base>(
    _ cost: Cost, on problem: Problem<Base>, samples: Int, network: NetworkBaseline?
  ) -> [String] {
    let estimator = problem.warmedUp(
      NVIL(network: network, samples: samples, normalizesVariance: false),
      given: Context.features)
    #expect(estimator.bias == .unbiased)
    return problem.check(cost)
      .failures(of: estimator, samples: samples, given: Context.features).map(\.description)
  }

  @Test("unbiased without the normalization", arguments: Cost.allCases, [1, 2])
  func unbiased(cost: Cost, samples: Int) {
    for network in [nil, Context.network] {
      #expect(Self.failures(cost, on: bits, samples: samples, network: network) == [])
      #expect(Self.failures(cost, on: classes, samples: samples, network: network) == [])
    }
  }

  @Test("with it the mean is scaled by the known factor, and nothing else is", arguments: [1, 2])
  func scaled(samples: Int) {
    func failures<Base>(on problem: Problem<Base>) -> [String] {
      let estimator = problem.warmedUp(
        NVIL(network: Context.network, samples: samples), given: Context.features, costScale: 10)
      #expect(estimator.bias == .biased)
      #expect(estimator.scale < 0.5)
      return problem.check(.quadratic)
        .failures(
          of: estimator, samples: samples, given: Context.features, scale: estimator.scale
        ).map(\.description)
    }
    #expect(failures(on: bits) == [])
    #expect(failures(on: classes) == [])
  }

  @Test("the center follows the costs and is read before it is advanced")
  func center() {
    var estimator = NVIL<Bernoulli>(network: nil, decay: 0.5, normalizesVariance: false)
    var generator = Philox(seed: 0)
    let q = Bernoulli(logits: .zeros([4, 2]))
    func center() -> Scalar {
      estimator.namedParameters().first { $0.name == "centre" }?.tensor.item ?? .nan
    }
    for expected in [0.5, 0.75, 0.875] as [Scalar] {
      _ = estimator.expectation(
        over: q, using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in .ones([1, 4]) })
      #expect(center() == expected)
    }
  }

  @Test("the network descends the squared error, and nothing leaks into the model")
  func network() {
    var generator = Philox(seed: 1)
    let q = Bernoulli(logits: .zeros([16, 2]))
    let network = NetworkBaseline(center: .zeros([2]), units: 8, using: &generator)
    var estimator = NVIL<Bernoulli>(
      network: network, centersSignal: false, normalizesVariance: false)
    let context = Tensor.randomNormal([16, 2], using: &generator)
    var losses: [Scalar] = []
    for _ in 0..<200 {
      let (_, gradient) = valueWithGradient(at: &estimator) { estimator in
        estimator.expectation(
          over: q, given: context, using: &generator,
          ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in
            context.sum(along: -1).expandingDimensions(at: 0) * 3
          }
        ).mean()
      }
      let predictions = estimator.network?.values(for: 0, given: context) ?? 0
      losses.append((predictions - context.sum(along: -1) * 3).squared().mean().item)
      var steps: [Tensor] = []
      var copy = gradient
      copy.forEachParameter { tensor, _ in steps.append(tensor) }
      var next = 0
      estimator.forEachParameter { tensor, role in
        if role == .trained { tensor = tensor - steps[next] * 0.05 }
        next += 1
      }
    }
    #expect(losses[199] < losses[0] / 20)
  }
}
