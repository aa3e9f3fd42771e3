import DiscreteTesting
import Models
import Stochastics
import Tensors
import Testing

/// What rounding may leave of a difference that is exactly zero.
let rounding = MemoryLayout<Scalar>.size == 8 ? 1e-10 : 5e-4

/// A choice of estimators for the two layers of a `SmallNetwork`.
struct EstimatorChoice: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let samples: (lower: Int, upper: Int)
  let make: @Sendable (Listing) -> [any BlackBoxGradientEstimator<Bernoulli>]

  init(
    _ name: String, samples: (Int, Int) = (1, 1),
    make: @escaping @Sendable (Listing) -> [any BlackBoxGradientEstimator<Bernoulli>]
  ) {
    testDescription = name
    self.samples = samples
    self.make = make
  }

  typealias Law = Prescribed<Bernoulli>

  static func nvil(network: Bool, normalizesVariance: Bool)
    -> @Sendable (Listing)
    -> [any BlackBoxGradientEstimator<Bernoulli>]
  {
    { list in
      var generator = Philox(seed: 3)
      var networks = [SmallNetwork.visible, SmallNetwork.lower].map { inputs in
        NetworkBaseline(
          center: .full(0.4, [inputs]), units: 6, using: &generator)
      }
      let upper = networks.removeLast()
      return [
        list.lower(
          NVIL(network: network ? networks[0] : nil, normalizesVariance: normalizesVariance)),
        list.upper(NVIL(network: network ? upper : nil, normalizesVariance: normalizesVariance)),
      ]
    }
  }

  /// h(z) = the number of ones.
  static let count = KnownExpectation<Law>(
    value: { $0.tensor.sum(along: -1) }, expectation: { $0.base.mean.sum(along: -1) })

  static let unbiased: [EstimatorChoice] = [
    EstimatorChoice("enumeration in both layers", samples: (0, 0)) { _ in [.exact(), .exact()] },
    EstimatorChoice("REINFORCE under enumeration", samples: (1, 0)) {
      [$0.lower(Reinforce(baseline: .none)), .exact()]
    },
    EstimatorChoice("REINFORCE") {
      [$0.lower(Reinforce(baseline: .none)), $0.upper(Reinforce(baseline: .none))]
    },
    EstimatorChoice("a constant, and a moving average") {
      [
        $0.lower(Reinforce(baseline: .constant(initial: 2))),
        $0.upper(Reinforce(baseline: .movingAverage())),
      ]
    },
    EstimatorChoice("two samples above", samples: (1, 2)) {
      [
        $0.lower(Reinforce(baseline: .none)),
        $0.upper(Reinforce(samples: 2, baseline: .leaveOneOut)),
      ]
    },
    EstimatorChoice("two samples below", samples: (2, 1)) {
      [
        $0.lower(Reinforce(samples: 2, baseline: .leaveOneOut)),
        $0.upper(Reinforce(baseline: .none)),
      ]
    },
    EstimatorChoice("the general control variate") {
      [$0.lower(ControlVariate(count)), $0.upper(ControlVariate(count, coefficient: .fixed(-0.6)))]
    },
    EstimatorChoice(
      "NVIL without its network", make: nvil(network: false, normalizesVariance: false)),
    EstimatorChoice("NVIL", make: nvil(network: true, normalizesVariance: false)),
  ]
}

/// The gradient in every weight of encoder, decoder and prior, with every draw of both layers
/// summed out.
struct BeliefNetworkExactnessTests {
  /// The gradients of a value of a model, by name.
  static func gradient<Model: Parameterized>(
    of model: Model, _ value: (Model) -> Tensor
  ) -> [String: Tensor] {
    var copy = model
    let (_, gradient) = valueWithGradient(at: &copy) { value($0) }
    return [String: Tensor](
      uniqueKeysWithValues: gradient.namedParameters()
        .filter { $0.role == .trained }.map { ($0.name, $0.tensor) })
  }

  /// The mean over a list of draws.
  static func mean(
    of network: BeliefNetwork, over list: Listing, state: LayerEstimators<Bernoulli>
  ) -> [String: Tensor] {
    let weights = list.probabilities(under: SmallNetwork.posterior(of: network))
    return gradient(of: network) { network in
      var (estimators, generator) = (state, Philox(seed: 0))
      let bounds = network.negativeBound(
        of: SmallNetwork.batch(list.rows), estimators: &estimators, using: &generator)
      return (bounds * weights).sum()
    }
  }

  /// The names of the parameters in which the mean is not the expected gradient.
  static func wrong(
    _ mean: [String: Tensor], expected: [String: Tensor], scale: (String) -> Scalar = { _ in 1 }
  ) -> [String] {
    expected.filter { name, expected in
      let difference = (mean[name] ?? .zeros(like: expected)) - expected * scale(name)
      return !difference.scalars.allSatisfy { Double(abs($0)) <= rounding }
    }.keys.sorted()
  }

  /// Estimators that have seen some bounds.
  static func warmedUp(
    _ estimators: [any BlackBoxGradientEstimator<Bernoulli>], on list: Listing,
    _ network: BeliefNetwork
  ) -> LayerEstimators<Bernoulli> {
    var (result, generator) = (LayerEstimators(estimators), Philox(seed: 0))
    for _ in 0..<5 {
      _ = valueWithGradient(at: &result) { estimators in
        network.negativeBound(
          of: SmallNetwork.batch(list.rows), estimators: &estimators, using: &generator
        ).mean()
      }
    }
    return result
  }

  @Test("the sum over all states has the gradient of finite differences", arguments: [[], [3]])
  func oracle(hidden: [Int]) {
    let network = SmallNetwork.network(hidden: hidden)
    let trained = network.namedParameters().filter { $0.role == .trained }.map(\.tensor)
    var generator = Philox(seed: 0)
    let report = checkGradient(
      of: { inputs in
        var (copy, next) = (network, 0)
        copy.forEachParameter { tensor, role in
          guard role == .trained else { return }
          tensor = inputs[next]
          next += 1
        }
        return SmallNetwork.negativeBound(of: copy)
      }, at: trained, using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("every estimator's mean is exact in every weight", arguments: EstimatorChoice.unbiased)
  func unbiased(choice: EstimatorChoice) {
    for hidden in [[], [3]] {
      let network = SmallNetwork.network(hidden: hidden)
      let expected = Self.gradient(of: network, SmallNetwork.negativeBound)
      let list = Listing(lower: choice.samples.lower, upper: choice.samples.upper)
      let state = Self.warmedUp(choice.make(list), on: list, network)
      #expect(expected.count == (hidden.isEmpty ? 9 : 17))
      #expect(
        Self.wrong(Self.mean(of: network, over: list, state: state), expected: expected) == [])
    }
  }

  @Test("also when every draw has a call of its own", arguments: EstimatorChoice.unbiased)
  func isolated(choice: EstimatorChoice) {
    guard choice.samples == (1, 1) else { return }
    let network = SmallNetwork.network()
    let list = Listing(lower: 1, upper: 1)
    let state = Self.warmedUp(choice.make(list), on: list, network)
    var total: [String: Tensor] = [:]
    let probabilities = list.probabilities(under: SmallNetwork.posterior(of: network)).scalars
    for row in 0..<list.rows {
      var single = LayerEstimators(choice.make(list.row(row)))
      single.copyParameters(from: state)
      let gradient = Self.gradient(of: network) { network in
        var generator = Philox(seed: 0)
        return network.negativeBound(
          of: SmallNetwork.batch(1), estimators: &single, using: &generator
        ).sum() * probabilities[row]
      }
      total.merge(gradient) { $0 + $1 }
    }
    #expect(
      Self.wrong(total, expected: Self.gradient(of: network, SmallNetwork.negativeBound)) == [])
  }

  @Test("drawn for real: 64,000 draws, family-wise false alarms below 1e-6")
  func sampled() {
    let network = SmallNetwork.network()
    let expected = Self.gradient(of: network, SmallNetwork.negativeBound)
    let names = expected.keys.sorted()
    let target = names.flatMap { (expected[$0]?.scalars ?? []).map { Double($0) } }
    var generator = Philox(seed: 21)
    let choices: [[any BlackBoxGradientEstimator<Bernoulli>]] = [
      [.reinforce(baseline: .none), .reinforce(baseline: .movingAverage())],
      [
        .reinforce(samples: 2, baseline: .leaveOneOut),
        .reinforce(samples: 3, baseline: .leaveOneOut),
      ],
      [NVIL(network: nil, normalizesVariance: false), .exact()],
    ]
    let threshold = zThreshold(familyWise: 1e-6, comparisons: target.count * choices.count)
    for choice in choices {
      var moments = Moments(coordinates: target.count)
      for _ in 0..<2000 {
        let gradient = Self.gradient(of: network) { network in
          var estimators = LayerEstimators(choice)
          return network.negativeBound(
            of: SmallNetwork.batch(32), estimators: &estimators, using: &generator
          ).mean()
        }
        moments.add(names.flatMap { (gradient[$0]?.scalars ?? []).map { Double($0) } })
      }
      let scores = moments.zScores(against: target, rounding: rounding)
      #expect(scores.allSatisfy { abs($0) < threshold }, "\(scores.map(abs).max() ?? 0)")
    }
  }

  @Test("NVIL's normalization scales each layer's encoder by its factor, and nothing else")
  func normalized() throws {
    let network = SmallNetwork.network()
    let expected = Self.gradient(of: network, SmallNetwork.negativeBound)
    let list = Listing(lower: 1, upper: 1)
    let state = Self.warmedUp(
      EstimatorChoice.nvil(network: true, normalizesVariance: true)(list), on: list, network)
    let scales = try state.layers.map { layer in
      try #require(layer as? Listed<Bernoulli, NVIL<Prescribed<Bernoulli>>>).estimator.scale
    }
    #expect(scales.allSatisfy { $0 < 0.95 } && scales[0] != scales[1])
    let mean = Self.mean(of: network, over: list, state: state)
    let wrong = Self.wrong(mean, expected: expected) { name in
      name.hasPrefix("encoder.0") ? scales[0] : name.hasPrefix("encoder.1") ? scales[1] : 1
    }
    #expect(wrong == [])
  }

  @Test("an upper layer that detaches its cost shows in the weights it should have trained")
  func detachedCost() {
    let found = Self.wrongWeights { list in
      [list.lower(Reinforce(baseline: .none)), list.upper(FaultyEstimator(fault: .detachesCost))]
    }
    #expect(found == ["decoder.1.bias", "decoder.1.weight", "prior.logits"])
  }

  @Test("a lower layer without its score shows in the encoder")
  func missingScore() {
    let found = Self.wrongWeights { list in
      [list.lower(FaultyEstimator(fault: .dropsScore)), list.upper(Reinforce(baseline: .none))]
    }
    #expect(found == ["encoder.0.bias", "encoder.0.weight"])
  }

  @Test("an upper layer that hides its value from the one below shows in the lower encoder")
  func hiddenValue() {
    let found = Self.wrongWeights { list in
      [list.lower(Reinforce(baseline: .none)), list.upper(FaultyEstimator(fault: .hidesValue))]
    }
    #expect(found == ["encoder.0.bias", "encoder.0.weight"])
  }

  static func wrongWeights(
    _ make: (Listing) -> [any BlackBoxGradientEstimator<Bernoulli>]
  ) -> [String] {
    let network = SmallNetwork.network()
    let list = Listing(lower: 1, upper: 1)
    return wrong(
      mean(of: network, over: list, state: LayerEstimators(make(list))),
      expected: gradient(of: network, SmallNetwork.negativeBound))
  }
}

extension Parameterized {
  /// Takes over the values of another of the same structure.
  mutating func copyParameters(from other: Self) {
    var tensors = other.namedParameters().map(\.tensor)[...]
    forEachParameter { tensor, _ in tensor = tensors.removeFirst() }
  }
}

/// REINFORCE with one fault.
struct FaultyEstimator: BlackBoxGradientEstimator, Stateless {
  enum Fault { case detachesCost, dropsScore, hidesValue }

  typealias Distribution = Prescribed<Bernoulli>

  let fault: Fault

  var bias: Bias { .unbiased }

  func evaluations(over q: Distribution) -> Int? { 1 }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    var sound = Reinforce<Distribution, NoBaseline>(baseline: .none)
    var q = q
    if fault == .dropsScore {
      q = Distribution(base: Bernoulli(logits: q.base.logits.detached()), samples: q.samples)
    }
    let result = try sound.expectation(
      over: q, given: context, using: &generator,
      ofBlackBox: { (z: Bits, generator: inout G) throws(E) -> Tensor in
        let value = try cost(z, &generator)
        return fault == .detachesCost ? value.detached() : value
      })
    return fault == .hidesValue ? result - result.detached() : result
  }
}
