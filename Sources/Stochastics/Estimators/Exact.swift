public import Tensors

/// The exact expectation by enumeration: the oracle of every test.
///
/// It is the sum over z of q(z) f(z).
///
/// - Bias: unbiased, with variance zero.
/// - Cost calls: one for every joint state of the variables.
/// - Requires: few enough states; any cost.
/// - State: none.
/// - Reference: the definition.
public struct Exact<Distribution: EnumerableDistribution>: BlackBoxGradientEstimator, Stateless {
  public init() {}

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { q.stateCount }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let states = q.states()
    let logProbabilities = q.logProbability(states)
    let costs = try cost(states, &generator).broadcast(to: logProbabilities.shape)
    // A state of probability zero contributes nothing, even where its cost is infinite.
    let masses = logProbabilities.detached()
    let possible = masses .> Tensor(-Scalar.infinity)
    // Differences to the cost of the likeliest state: a constant, however large, has no gradient,
    // and no rounded one either.
    let likeliest = costs.detached().takingAlong(
      masses.argmax(along: 0).reshaped([1] + masses.shape.dropFirst()), axis: 0)
    let origin = select(likeliest.isFinite(), likeliest, 0)
    let differences = select(possible, costs - origin, 0)
    return (logProbabilities.exp() * differences).sum(along: 0)
      + (masses.exp() * origin).sum(along: 0)
  }
}

extension GradientEstimator {
  /// The exact expectation, by enumeration.
  public static func exact<D>() -> Self where Self == Exact<D> { Exact() }
}
