public import Tensors

/// Rao-Blackwellization: the most probable states are summed, and an estimator takes care of the
/// rest.
///
/// E[f] is the sum over the top states of p f, and the rest's mass times the expectation under the
/// law of the others. It works on the joint state of all variables: without its top states a
/// product of variables is not a product any more, and is drawn variable by variable with exact
/// masses. Where only the top states can occur, the sum is the expectation.
///
/// - Bias: that of the estimator of the rest.
/// - Cost calls: `top`, and those of the estimator of the rest unless it has none.
/// - Requires: a score-function estimator of the rest; `top` states of positive probability.
/// - State: that of the estimator of the rest.
/// - Reference: Liu, Regier, Tripuraneni, Jordan and McAuliffe (2019), Rao-Blackwellized stochastic
///   gradients for discrete distributions.
public struct RaoBlackwell<
  Distribution: DistinctSampling, Rest: BlackBoxGradientEstimator<Remainder<Distribution>>
>: BlackBoxGradientEstimator {
  public let top: Int
  public var rest: Rest

  /// Traps unless `top` is positive.
  public init(top: Int, _ rest: Rest) {
    require(top > 0, "\(top) states to sum")
    self.top = top
    self.rest = rest
  }

  public var bias: Bias { rest.bias }

  public func evaluations(over q: Distribution) -> Int? {
    rest.evaluations(over: Remainder(of: q, excluding: q.likeliest(top))).map { $0 + top }
  }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let states = q.likeliest(top)
    let masses = q.logProbability(states).exp()
    let summed = try (masses * cost(states, &generator)).sum(along: 0)
    let remainder = Remainder(of: q, excluding: states)
    let hasRest = remainder.isPossible
    guard hasRest.sum().item > 0 else { return summed }
    let value = try rest.expectation(
      over: remainder, given: context, using: &generator, ofBlackBox: cost)
    return summed + select(hasRest, remainder.logMass.exp() * value, 0)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("rest", &rest)
  }
}

extension GradientEstimator {
  /// The most probable states summed around an estimator of the rest.
  public static func raoBlackwell<D, R>(top: Int, _ rest: R) -> Self
  where Self == RaoBlackwell<D, R> {
    RaoBlackwell(top: top, rest)
  }

  /// Sum and sample: the most probable states summed, and samples of the rest by REINFORCE.
  public static func sumAndSample<D>(top: Int = 1, samples: Int = 1) -> Self
  where Self == RaoBlackwell<D, Reinforce<Remainder<D>, NoBaseline>> {
    RaoBlackwell(top: top, Reinforce(samples: samples, baseline: .none))
  }
}
