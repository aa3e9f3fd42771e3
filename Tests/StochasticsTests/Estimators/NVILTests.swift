import DiscreteTesting
import Stochastics
import Tensors
import Testing

@Suite("NVIL")
struct NVILExactnessTests {
  typealias Law = Prescribed<Bernoulli>

  static func network() -> NetworkBaseline {
    var generator = Philox(seed: 5)
    return NetworkBaseline(centre: Tensor([0.2, 0.4]), units: 4, using: &generator)
  }

  @Test("unbiased without the normalisation", arguments: BitCost.allCases, [1, 2])
  func unbiased(cost: BitCost, samples: Int) {
    let context = Tensor([1, 0])
    let estimator = NVIL<Law>(
      network: Self.network(), samples: samples, normalizesVariance: false
    ).warmedUp(samples: samples, given: context)
    #expect(estimator.bias == .unbiased)
    let error = ThreeBits.error(
      of: estimator, samples: samples, given: context, cost: cost.callAsFunction)
    #expect(error < rounding)
  }

  @Test("with it the mean is scaled by the known factor")
  func scaled() {
    let context = Tensor([1, 0])
    let large = { (z: Tensor) -> Tensor in BitCost.quadratic(z) * 10 }
    var estimator = NVIL<Law>(network: Self.network())
    var generator = Philox(seed: 2)
    let base = Bernoulli(logits: ThreeBits.logits.broadcast(to: [64, 3]))
    for _ in 0..<5 {
      let z = base.sample(1, using: &generator)
      _ = estimator.expectation(
        over: Prescribed(base: base, samples: z), given: context.broadcast(to: [64, 2]),
        using: &generator, ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in large(z.tensor) })
    }
    #expect(estimator.bias == .biased)
    #expect(estimator.scale < 0.5)
    let mean = ThreeBits.draws.exactMean(
      of: estimator, samples: 1, at: ThreeBits.logits, given: context, using: &generator
    ) { large($0.tensor) }
    let expected = ThreeBits.exactGradient(of: large) * estimator.scale
    #expect((mean - expected).abs().max(along: 0).item < rounding * 10)
  }
}

@Suite("NVIL's state")
struct NVILTests {
  @Test("the centre follows the costs and is read before it is advanced")
  func centre() {
    var estimator = NVIL<Bernoulli>(network: nil, decay: 0.5, normalizesVariance: false)
    var generator = Philox(seed: 0)
    let q = Bernoulli(logits: .zeros([4, 2]))
    func centre() -> Scalar {
      estimator.namedParameters().first { $0.name == "centre" }?.tensor.item ?? .nan
    }
    for expected in [0.5, 0.75, 0.875] as [Scalar] {
      _ = estimator.expectation(
        over: q, using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in .ones([1, 4]) })
      #expect(centre() == expected)
    }
  }

  @Test("the network descends the squared error, and nothing leaks into the model")
  func network() {
    var generator = Philox(seed: 1)
    let q = Bernoulli(logits: .zeros([16, 2]))
    let network = NetworkBaseline(centre: .zeros([2]), units: 8, using: &generator)
    var estimator = NVIL<Bernoulli>(
      network: network, centresSignal: false, normalizesVariance: false)
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
