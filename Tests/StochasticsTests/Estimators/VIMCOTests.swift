import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct VIMCOTests {
  static let pair = Problem<Bernoulli>(
    draws: .bits(2), parameters: [0.4, -0.7], values: { $0 }, rows: { Bernoulli(logits: $0) })

  /// Log-weights log p(z) - log q(z) of an unnormalized p.
  static func logWeights(_ z: Bits, _ q: Bernoulli) -> Tensor {
    Cost.quadratic(z.tensor) * 0.7 - z.tensor.sliced(along: -1, at: 0) - q.logProbability(z)
  }

  /// The gradient of a bound over all K-tuples of states, their probabilities as weights.
  static func mean(_ mean: VIMCO<Prescribed<Bernoulli>>.Mean, samples: Int) -> [Tensor] {
    let places = pair.draws.places(samples: samples)
    let draws = pair.draws.samples(places)
    let variable = pair.parameters.variable()
    let q = pair.draws.distribution(variable, places[0].count)
    let weights = q.logProbability(draws).detached().sum(along: 0).exp()
    var (estimator, generator) = (
      VIMCO<Prescribed<Bernoulli>>(samples: samples, mean: mean), Philox(seed: 0)
    )
    let bounds = estimator.bound(
      over: Prescribed(base: q, samples: draws), given: nil, using: &generator
    ) { z, _ in logWeights(z, q) }
    let total = (bounds * weights).sum()
    return [total.detached(), gradients(of: total, withRespectTo: [variable])[0]]
  }

  static func exact(_ parameters: Tensor, samples: Int) -> Tensor {
    var (oracle, generator) = (ExactBound<Bernoulli>(samples: samples), Philox(seed: 0))
    let q = pair.draws.distribution(parameters, 1)
    return oracle.bound(over: q, given: nil, using: &generator) { z, _ in logWeights(z, q) }
  }

  @Test(
    "equals enumeration of all samples", arguments: VIMCO<Prescribed<Bernoulli>>.Mean.allCases,
    [2, 3])
  func unbiased(mean: VIMCO<Prescribed<Bernoulli>>.Mean, samples: Int) {
    let found = Self.mean(mean, samples: samples)
    let (value, slope) = valueWithGradient(at: Self.pair.parameters) {
      Self.exact($0, samples: samples)
    }
    #expect(abs(Double(found[0].item - value.item)) < rounding)
    for (a, b) in zip(found[1].scalars, slope.scalars) { #expect(abs(Double(a - b)) < rounding) }
  }

  @Test("one dominating weight keeps its digits")
  func dominating() {
    // Taking the largest out of a sum by subtraction leaves nothing of -109 beside -95.
    var generator = Philox(seed: 0)
    let logits = Tensor([0]).variable()
    let z = Bits([true, false, false, false], shape: [4, 1])
    var estimator = VIMCO<Prescribed<Bernoulli>>(samples: 4, mean: .arithmetic)
    let bound = estimator.bound(
      over: Prescribed(base: Bernoulli(logits: logits), samples: z), given: nil, using: &generator
    ) { _, _ in [-95, -108, -140, -118] }
    let slope = gradients(of: bound, withRespectTo: [logits])[0]
    // By hand: L = -95 - log 4; L_1 = -108 + log(4/3) - log 4; each other L_k = -95 + log(4/3) -
    // log 4.
    let signals = (first: 13 - Tensor(4.0 / 3).log().item, other: -Tensor(4.0 / 3).log().item)
    #expect(abs(slope.item - (signals.first - 3 * signals.other) / 2) < 1e-4)
  }
}
