import Stochastics
package import Tensors

/// A cost of orders that PL-Rank takes: the sum over places of a discount of the place times a gain of the item there.
package struct RankingMetric {
  /// Of the items, [n].
  let gains: Tensor
  /// Of the places, [n].
  let discounts: Tensor

  /// The metric with costs [n places, n items] of an item at a place; `nil` unless they are a product, up to rounding.
  package init?(_ costs: Tensor) {
    let n = costs.shape[0]
    let values = costs.scalars
    guard let pivot = values.indices.max(by: { abs(values[$0]) < abs(values[$1]) }) else {
      return nil
    }
    let (place, item) = (pivot / n, pivot % n)
    let top = values[pivot]
    gains = costs.sliced(along: 0, at: place)
    discounts = top == 0 ? .zeros([n]) : costs.sliced(along: 1, at: item) / top
    let rest = costs - discounts.reshaped([n, 1]) * gains
    guard rest.scalars.allSatisfy({ abs($0) <= 1e-5 * abs(top) }) else { return nil }
  }
}

/// PL-Rank of a known metric, to stand beside estimators that take any cost: what it is handed has to be that metric and a constant.
struct MetricGradient: GradientEstimator, Stateless {
  let metric: RankingMetric
  let samples: Int

  var bias: Bias { .unbiased }

  func evaluations(over q: PlackettLuce) -> Int? { samples }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
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
