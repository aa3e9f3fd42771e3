public import Tensors

/// PL-Rank of a known metric, to stand beside estimators that take any cost.
///
/// The cost it is handed has to be that metric plus a constant: its value comes from the cost, its
/// gradient from the metric.
///
/// - Bias: unbiased.
/// - Cost calls: `samples`.
/// - Requires: a ``RankingMetric`` of the cost.
/// - State: none.
/// - Reference: Oosterhuis (2022), Learning-to-rank at the speed of sampling.
public struct MetricGradient: GradientEstimator, Stateless {
  public let metric: RankingMetric
  public let samples: Int

  /// Traps unless `samples` is positive.
  public init(metric: RankingMetric, samples: Int = 1) {
    require(samples > 0, "PL-Rank with \(samples) samples")
    self.metric = metric
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: PlackettLuce) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: PlackettLuce, given context: Tensor?, using generator: inout G,
    of cost: (Arrangement, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let orders = q.sample(samples, using: &generator)
    let gain = q.expectedGain(
      metric.gains.broadcast(to: q.logScores.shape), discounts: metric.discounts, of: orders)
    let value = try cost(PlackettLuce.point(orders), &generator).mean(along: 0)
    return value + gain - gain.detached()
  }
}
