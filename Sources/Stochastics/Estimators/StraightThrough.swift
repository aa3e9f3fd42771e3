public import Tensors

/// The straight-through estimator: hard samples forward, the gradient of the mean backward.
///
/// One estimate is J(p) f'(z), J the derivative of the mean in the logits.
///
/// - Bias: biased, but for costs that are linear in each variable given the others.
/// - Cost calls: `samples`.
/// - Requires: a differentiable cost.
/// - State: none.
/// - Reference: Bengio, Léonard and Courville (2013), Estimating or propagating gradients through
///   stochastic neurons.
public struct StraightThrough<Distribution: VectorDistribution>: GradientEstimator, Stateless {
  public let samples: Int

  /// Traps unless `samples` is positive.
  public init(samples: Int = 1) {
    require(samples > 0, "straight-through with \(samples) samples")
    self.samples = samples
  }

  public var bias: Bias { .biased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let mean = q.meanPoint.broadcast(to: [samples] + q.parameters.shape)
    return try cost(Distribution.straightThrough(z, gradientOf: mean), &generator).mean(along: 0)
  }
}

extension GradientEstimator {
  /// Straight-through: hard forward, the mean's gradient backward.
  public static func straightThrough<D>(samples: Int = 1) -> Self
  where Self == StraightThrough<D> {
    StraightThrough(samples: samples)
  }
}
