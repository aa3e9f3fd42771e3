import DiscreteTesting
import Models
import Stochastics
import Tensors

/// An estimator that is handed its draws, one batch entry for every draw of the whole model.
struct Listed<Base: DiscreteDistribution, Estimator: GradientEstimator<Prescribed<Base>>>:
  GradientEstimator
{
  typealias Distribution = Base

  var estimator: Estimator
  let draws: Base.Sample

  var bias: Bias { estimator.bias }

  func evaluations(over q: Base) -> Int? {
    estimator.evaluations(over: Prescribed(base: q, samples: draws))
  }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Base, given context: Tensor?, using generator: inout G,
    of cost: (Base.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    try estimator.expectation(
      over: Prescribed(base: q, samples: draws), given: context, using: &generator, of: cost)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    estimator.visitParameters(&visitor)
  }
}

extension Listed: BlackBoxGradientEstimator where Estimator: BlackBoxGradientEstimator {
  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Base, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Base.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    try estimator.expectation(
      over: Prescribed(base: q, samples: draws), given: context, using: &generator,
      ofBlackBox: cost)
  }
}

/// An estimator that is handed its noise, one batch entry for every piece of it.
struct Noised<Base: DiscreteDistribution>: BlackBoxGradientEstimator, Stateless {
  typealias Distribution = Base
  typealias Cost = (Base.Point, inout Philox) -> Tensor

  let estimate: @Sendable (Base, Tensor?, inout Philox, Cost) -> Tensor

  var bias: Bias { .unbiased }

  func evaluations(over q: Base) -> Int? { nil }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Base, given context: Tensor?, using generator: inout G,
    of cost: (Base.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    var (unused, error) = (Philox(seed: 0), E?.none)
    let result = withoutActuallyEscaping(cost) { cost in
      estimate(q, context, &unused) { point, _ in
        do throws(E) { return try cost(point, &generator) } catch let failure {
          error = failure
          return 0
        }
      }
    }
    if let error { throw error }
    return result
  }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Base, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Base.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    fatalError("noise is handed to costs of points")
  }
}

/// Every draw of the latents of a `SmallNetwork`, and what makes estimators take them.
struct Listing {
  /// Samples of the lower layer and, for each of them, of the upper one; 0 where a layer enumerates
  /// and draws nothing.
  let samples: (lower: Int, upper: Int)
  /// The state of the lower layer in each of its samples, [samples][rows].
  let lower: [[Int]]
  /// The state of the upper layer, [samples of the upper times samples of the lower][rows].
  let upper: [[Int]]

  init(lower: Int, upper: Int) {
    samples = (lower, upper)
    let states = [
      [Int](repeating: 1 << SmallNetwork.lower, count: lower),
      [Int](repeating: 1 << SmallNetwork.upper, count: lower * upper),
    ].flatMap { $0 }
    let rows = states.reduce(1, *)
    var period = 1
    let places = states.map { count in
      defer { period *= count }
      return (0..<rows).map { $0 / period % count }
    }
    self.lower = Array(places.prefix(lower))
    self.upper = Array(places.dropFirst(lower))
  }

  private init(samples: (lower: Int, upper: Int), lower: [[Int]], upper: [[Int]]) {
    (self.samples, self.lower, self.upper) = (samples, lower, upper)
  }

  var rows: Int { lower.first?.count ?? 1 }

  /// A single draw.
  func row(_ row: Int) -> Listing {
    Listing(samples: samples, lower: lower.map { [$0[row]] }, upper: upper.map { [$0[row]] })
  }

  func lower<E: BlackBoxGradientEstimator<Prescribed<Bernoulli>>>(
    _ estimator: E
  ) -> any BlackBoxGradientEstimator<Bernoulli> {
    Listed(estimator: estimator, draws: DrawList.bits(SmallNetwork.lower).samples(lower))
  }

  func upper<E: BlackBoxGradientEstimator<Prescribed<Bernoulli>>>(
    _ estimator: E
  ) -> any BlackBoxGradientEstimator<Bernoulli> {
    let draws = DrawList.bits(SmallNetwork.upper).samples(upper)
    return Listed(
      estimator: estimator,
      draws: draws.reshaped([samples.upper, samples.lower, rows, SmallNetwork.upper]))
  }

  /// The probability of each draw.
  func probabilities(under posterior: SmallNetwork.Posterior) -> Tensor {
    Tensor(
      (0..<rows).map { row in
        var product: Scalar = 1
        for states in lower { product *= posterior.lower[states[row]] }
        for (index, states) in upper.enumerated() {
          product *= posterior.upper[lower[index % samples.lower][row]][states[row]]
        }
        return product
      })
  }
}
