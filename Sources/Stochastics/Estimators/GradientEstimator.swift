public import Tensors

/// Whether the mean of an estimator is the gradient of the objective.
public enum Bias: String, Sendable, Codable { case unbiased, biased }

/// A way of calling a cost that is defined, and differentiable, at every point.
///
/// The cost gets points with a leading sample axis of any length and returns `[samples] + batch`.
/// The result has shape `batch`; its value estimates the objective, its gradient is the estimator,
/// first order. State is read before it is advanced and is stored detached; the context is detached
/// by the estimator; the loss of the estimator's own parameters rides along as a passenger
/// (`Tensor.carrying`), which depends on those parameters only.
public protocol GradientEstimator<Distribution>: Parameterized, Sendable {
  associatedtype Distribution: SampledDistribution

  var bias: Bias { get }

  /// Whether the value is that of relaxed samples or of another law, and so not the expectation of
  /// the cost at hard samples of this one.
  var isRelaxed: Bool { get }

  /// Evaluations of the cost in one call; `nil` when it depends on the draw.
  func evaluations(over q: Distribution) -> Int?

  /// The expectation of the cost under `q`, with this estimator's gradient.
  ///
  /// - Parameters:
  ///   - context: what an input-dependent baseline may look at, of shape `batch + features`.
  ///   - generator: handed on to the cost, so that sample sites nest.
  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor
}

/// A way of calling any cost, at hard samples only.
///
/// It serves differentiable costs too.
public protocol BlackBoxGradientEstimator<Distribution>: GradientEstimator {
  /// The expectation under `q` of a cost that sees hard samples only.
  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor
}

extension BlackBoxGradientEstimator {
  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    // A closure that forwards a typed error must spell its signature out.
    try expectation(
      over: q, given: context, using: &generator,
      ofBlackBox: { (sample: Distribution.Sample, generator: inout G) throws(E) -> Tensor in
        try cost(Distribution.point(sample), &generator)
      })
  }
}

extension GradientEstimator {
  public var isRelaxed: Bool { false }

  /// The expectation without a context.
  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, using generator: inout G,
    of cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    try expectation(over: q, given: nil, using: &generator, of: cost)
  }
}

extension BlackBoxGradientEstimator {
  /// The expectation of a black box without a context.
  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    try expectation(over: q, given: nil, using: &generator, ofBlackBox: cost)
  }
}
