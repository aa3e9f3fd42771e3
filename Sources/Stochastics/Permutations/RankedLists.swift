import CKernels
public import Tensors

/// Rankings of different lengths: each places some items in order, the best first, among candidates
/// of its own.
///
/// A list of which every candidate is placed is a ranking of a chosen set; one that places the
/// first few is a top-k list of that set.
public struct RankedLists: Sendable, Hashable {
  /// The candidates of each list, one list behind the other, first those that are placed, in their
  /// order.
  public let items: Indices
  /// How many candidates of each list are placed.
  public let placeCounts: [Int]
  /// Where each list begins in `items`, and behind them all where the last one ends.
  public let starts: [Int]

  /// - Parameters:
  ///   - lists: the items of each that are placed, the best first.
  ///   - others: candidates of each list that stand behind those, in no order; none where it is
  ///     `nil`.
  ///
  /// Traps on an item that is negative, or twice in one list.
  public init(_ lists: [[Int]], others: [[Int]]? = nil) {
    require(
      others.map { $0.count == lists.count } ?? true,
      "candidates of \(others?.count ?? 0) lists for \(lists.count)")
    let all = zip(lists, others ?? lists.map { _ in [] }).map { $0 + $1 }
    for (list, items) in all.enumerated() {
      require(
        Set(items).count == items.count && items.allSatisfy { $0 >= 0 },
        "list \(list), \(items), has an item twice or a negative one")
    }
    var starts = [0]
    for items in all { starts.append((starts.last ?? 0) + items.count) }
    self.init(
      items: Indices(all.flatMap { $0 }, shape: [starts.last ?? 0]),
      placeCounts: lists.map(\.count),
      starts: starts)
  }

  /// Orders of items, or lists of their first places, among all items.
  public init(_ orders: Orders) {
    let (n, completed) = (orders.itemCount, orders.completed.indices)
    let count = orders.shape.dropLast().reduce(1, *)
    self.init(
      items: completed.reshaped([count * n]),
      placeCounts: [Int](repeating: orders.placeCount, count: count),
      starts: (0...count).map { $0 * n })
  }

  private init(items: Indices, placeCounts: [Int], starts: [Int]) {
    self.items = items
    self.placeCounts = placeCounts
    self.starts = starts
  }

  /// Number of lists.
  public var count: Int { placeCounts.count }
}

extension PlackettLuce {
  /// The log-probability of each list among its candidates, of shape `[lists]`, under log-scores
  /// `[n]`.
  ///
  /// Differentiable any number of times. Log-scores of several groups, such as the documents of
  /// queries, may stand behind one another: lists only compare the items they name.
  ///
  /// - Complexity: O(m) for lists of m candidates in all, value and gradient in one pass.
  public func logProbability(of lists: RankedLists) -> Tensor {
    let (values, slopes, _) = evaluated(lists)
    return values.recording(logScores) { context in
      guard !context.isDifferentiated else {
        return context.cotangents { Self.logProbability(of: lists, $0[0]) }
      }
      return [lists.items(of: slopes, times: context.cotangent, among: context.inputs[0].count)]
    }
  }

  /// The Hessian of the sum of the lists' log-probabilities in the log-scores, times a direction
  /// `[n]`: of shape `[n]`.
  ///
  /// Negative semidefinite; directions that are the same for all candidates of a list give nothing.
  /// Detached.
  ///
  /// - Complexity: O(m), without the Hessian.
  public func hessianProduct(_ direction: Tensor, of lists: RankedLists) -> Tensor {
    require(
      direction.shape == logScores.shape,
      "direction \(direction.shape) of log-scores \(logScores.shape)")
    let listed = direction.detached().gathering(checked(lists).items, along: 0)
    let products = evaluated(lists, along: listed).products ?? .zeros([0])
    return products.addingAlong(lists.items, axis: 0, size: logScores.count)
  }

  private func checked(_ lists: RankedLists) -> RankedLists {
    require(logScores.rank == 1, "lists need log-scores [n], not \(logScores.shape)")
    return lists
  }

  /// Values, their slopes in the listed scores, and the Hessian's products with a direction if
  /// there is one.
  private func evaluated(
    _ lists: RankedLists, along direction: Tensor? = nil
  ) -> (values: Tensor, slopes: Tensor, products: Tensor?) {
    let items = checked(lists).items
    let scores = logScores.detached().gathering(items, along: 0).contiguous()
    let (starts, places) = (lists.starts.map(Int32.init), lists.placeCounts.map(Int32.init))
    let (values, slopes, products, _) = Tensor.writing(
      [lists.count], items.shape, direction.map { _ in items.shape }, items.shape
    ) { values, slopes, products, remaining in
      Tensor.reading(scores, direction?.contiguous()) { scores, direction in
        Kernels.rankedLists(
          lists.count, starts, places, scores, direction, remaining, values, slopes, products)
      }
    }
    return (values, slopes, products)
  }

  /// The same in plain operations, which can be differentiated again: lists filled up to the
  /// longest.
  private static func logProbability(of lists: RankedLists, _ scores: Tensor) -> Tensor {
    let lengths = zip(lists.starts, lists.starts.dropFirst()).map { $1 - $0 }
    let width = max(1, lengths.max() ?? 0)
    guard scores.count > 0 else { return .zeros([lists.count]) }
    let columns = Indices(shape: [lists.count, width]) { buffer in
      for list in lengths.indices {
        for place in 0..<width {
          buffer[list * width + place] =
            place < lengths[list] ? lists.items.values[lists.starts[list] + place] : 0
        }
      }
    }
    func mask(_ inside: Scalar, _ outside: Scalar, _ counts: [Int]) -> Tensor {
      Tensor(
        counts.flatMap { count in (0..<width).map { $0 < count ? inside : outside } },
        shape: [counts.count, width])
    }
    let listed = scores.gathering(columns, along: 0) + mask(0, -1e30, lengths)
    let remaining = listed.cumulativeLogSumExp(along: 1, reversed: true)
    return ((listed - remaining) * mask(1, 0, lists.placeCounts)).sum(along: 1)
  }
}

extension RankedLists {
  /// Values of listed items, times a weight of each list, summed at the items: `[n]`.
  fileprivate func items(of values: Tensor, times weights: Tensor, among n: Int) -> Tensor {
    let repeated = Indices(
      (0..<count).flatMap { [Int](repeating: $0, count: starts[$0 + 1] - starts[$0]) },
      shape: items.shape)
    return (values * weights.gathering(repeated, along: 0))
      .addingAlong(items, axis: 0, size: n)
  }
}
