import Tensors

/// A method of search: it proposes points and learns their costs, which it lowers.
///
/// Its state depends on its calls alone, whose noise comes from the generator. It may be told of
/// points that it has not proposed, and of those it has in any order.
protocol Search: Sendable {
  /// The next point, `nil` where a cost of an earlier one is needed first.
  mutating func propose(using generator: inout Philox) -> Proposal?

  /// Learns the cost of a point, infinite where the point cannot be; of noisy costs their mean,
  /// once more when it has changed.
  ///
  /// - Parameter mark: that of the proposal; `nil` where the method has not proposed the point.
  mutating func learn(
    _ values: [Int32], cost: Double, mark: Int?, using generator: inout Philox)

  /// Whether all that the method would still propose is known.
  var isConverged: Bool { get }

  /// How several methods did before one of them was chosen; empty where there is one.
  var trials: [SearchTrial] { get }
}

extension Search {
  var trials: [SearchTrial] { [] }
  var isConverged: Bool { false }
}

/// A point that a method wants to know the cost of, with a number for itself.
struct Proposal {
  let values: [Int32]
  var mark = 0
}

/// The best of what a method has been told.
struct Incumbent: Sendable {
  private(set) var values: [Int32]?
  private(set) var cost = Double.infinity

  /// Takes a point that is at least as good, or the present one with another mean; returns whether
  /// it was.
  mutating func take(_ values: [Int32], cost: Double) -> Bool {
    guard self.values == nil || cost <= self.cost || values == self.values else { return false }
    (self.values, self.cost) = (values, cost)
    return true
  }
}
