public import Tensors

/// A cost of orders that PL-Rank takes: the sum over places of a discount of the place times a gain
/// of the item there.
public struct RankingMetric: Sendable {
  /// The gains of the items, [n].
  public let gains: Tensor
  /// The weights of the places, [n].
  public let discounts: Tensor

  /// The metric with costs [n places, n items] of an item at a place; `nil` unless they are a
  /// product, up to rounding.
  ///
  /// Traps unless the costs are a square matrix.
  public init?(_ costs: Tensor) {
    require(
      costs.rank == 2 && costs.shape[0] == costs.shape[1],
      "costs \(costs.shape) of places and items, expected a square matrix")
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
