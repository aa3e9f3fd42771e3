public import Tensors

/// Double control variates: leave-one-out on costs that are themselves corrected by the slopes at
/// the other samples.
///
/// h_i = f_i + a g_i (z_i - p), g_i the mean slope at the others; the estimate is leave-one-out on
/// h, less a J times the mean slope, J the covariance of z.
///
/// - Bias: unbiased for any a; useful ones are negative.
/// - Cost calls: `samples`, each differentiated.
/// - Requires: a cost differentiable at hard samples; two samples or more.
/// - State: none.
/// - Reference: Titsias and Shi (2022), Double control variates for gradient estimation in discrete
///   latent variable models.
public struct DoubleControlVariate<Distribution: MomentDistribution>: GradientEstimator, Stateless {
  public let samples: Int
  public let coefficient: Scalar

  /// Traps unless there are two samples or more.
  public init(samples: Int = 2, coefficient: Scalar = -0.75) {
    require(samples > 1, "double control variates with \(samples) samples, two are needed")
    self.samples = samples
    self.coefficient = coefficient
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = Distribution.point(q.sample(samples, using: &generator)).variable()
    let f = try cost(z, &generator)
    let slope = gradients(of: f, withRespectTo: [z])[0]
    let score = q.score(z)
    let h = f.detached() + Distribution.dot(slope.meanOfOthers(), score) * coefficient
    let centered = h - h.meanOfOthers()
    let slopes =
      (Distribution.spread(centered) * score).mean(along: 0)
      - q.covariance(times: slope.mean(along: 0)) * coefficient
    return f.mean(along: 0).pulling(slopes, into: q.naturalParameters)
  }
}

extension GradientEstimator {
  /// Double control variates: slopes at the other samples, and leave-one-out.
  public static func doubleControlVariate<D>(samples: Int = 2, coefficient: Scalar = -0.75) -> Self
  where Self == DoubleControlVariate<D> {
    DoubleControlVariate(samples: samples, coefficient: coefficient)
  }
}
