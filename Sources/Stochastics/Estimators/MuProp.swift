public import Tensors

/// MuProp: the first-order expansion of the cost at the mean as a control variate.
///
/// The estimate is (f(z) - f(p) - f'(p) (z - p)) grad log q + J f'(p), J the covariance of z, exact
/// for a linear cost.
///
/// - Bias: unbiased.
/// - Cost calls: `samples` and one at the mean, which is differentiated.
/// - Requires: a cost differentiable at the mean.
/// - State: none.
/// - Reference: Gu, Levine, Sutskever and Mnih (2016), MuProp: unbiased backpropagation for
///   stochastic neural networks.
public struct MuProp<Distribution: MomentDistribution>: GradientEstimator, Stateless {
  public let samples: Int

  /// Traps unless `samples` is positive.
  public init(samples: Int = 1) {
    require(samples > 0, "MuProp with \(samples) samples")
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples + 1 }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = Distribution.point(q.sample(samples, using: &generator))
    let f = try cost(z, &generator)
    let mean = q.meanPoint.detached()
    let center = mean.expandingDimensions(at: 0).variable()
    let atMean = try cost(center, &generator)
    let slope = gradients(of: atMean, withRespectTo: [center])[0]
    let score = q.score(z)
    let signal = f.detached() - atMean.detached() - Distribution.dot(slope, score)
    let slopes =
      (Distribution.spread(signal) * score).mean(along: 0)
      + q.covariance(times: slope.sliced(along: 0, at: 0))
    return f.mean(along: 0).pulling(slopes, into: q.naturalParameters)
  }
}

extension GradientEstimator {
  /// MuProp: the expansion of the cost at the mean as a control variate.
  public static func muProp<D>(samples: Int = 1) -> Self where Self == MuProp<D> {
    MuProp(samples: samples)
  }
}
