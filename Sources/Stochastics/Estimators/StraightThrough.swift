public import Tensors

/// The straight-through estimator: hard samples forward, the gradient of the mean backward.
///
/// One estimate is J f'(z), J the covariance of z, which is the derivative of the mean in the
/// logits. Of k-subsets and structures that is SIMPLE.
///
/// - Bias: biased, but for costs that are linear in each variable given the others.
/// - Cost calls: `samples`.
/// - Requires: a differentiable cost.
/// - State: none.
/// - Reference: Bengio, Léonard and Courville (2013), Estimating or propagating gradients through
///   stochastic neurons; Ahmed, Zeng, Niepert and Van den Broeck (2023), SIMPLE.
public struct StraightThrough<Distribution: MomentDistribution>: GradientEstimator, Stateless {
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
    let mean = q.meanPoint.broadcast(to: [samples] + q.naturalParameters.shape)
    let point = Distribution.point(z).passingGradient(to: mean)
    return try cost(point, &generator).mean(along: 0)
  }
}

extension GradientEstimator {
  /// Straight-through: hard forward, the mean's gradient backward.
  public static func straightThrough<D>(samples: Int = 1) -> Self
  where Self == StraightThrough<D> {
    StraightThrough(samples: samples)
  }
}
