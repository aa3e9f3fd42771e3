import RealModule
import Tensors

/// Finite scores, and the order that sorts them: what every relaxation of sorting starts from.
struct SortedScores: Sendable {
  /// Shape `batch + [n]`.
  let scores: Tensor
  /// The item at each place, the largest score first and equal ones in their order; of the same
  /// shape.
  let order: Indices

  /// Traps where a score is not finite.
  init(_ scores: Tensor) {
    require(scores.rank > 0, "scores need an axis of items")
    if !scores.allFinite {
      let values = scores.scalars
      let place = values.firstIndex { !$0.isFinite } ?? 0
      fatalError("score \(values[place]) at place \(place) is not finite")
    }
    self.scores = scores
    order = scores.descendingOrder()
  }

  private init(scores: Tensor, order: Indices) {
    self.scores = scores
    self.order = order
  }

  func detached() -> SortedScores { SortedScores(scores: scores.detached(), order: order) }

  /// Number of items.
  var itemCount: Int { scores.shape[scores.rank - 1] }

  /// Sizes of the axes before that of the items.
  var batch: [Int] { Array(scores.shape.dropLast()) }

  /// Number of sequences.
  var sequenceCount: Int { batch.reduce(1, *) }

  /// d, where a payload `batch + [n] + rest` is taken as [batch, n, d]; traps on another shape.
  func width(of payload: Tensor) -> Int {
    require(
      payload.rank >= scores.rank && payload.shape.starts(with: scores.shape),
      "payload of shape \(payload.shape) for scores of shape \(scores.shape)")
    return payload.shape.dropFirst(scores.rank).reduce(1, *)
  }

  /// The payload in this order, exactly, whose gradient in the scores is that of a blend of it.
  func straightThrough(_ payload: Tensor, _ blend: (Tensor) -> Tensor) -> Tensor {
    let hard = blend(payload.detached())
    guard payload.isTracked else { return hard }
    let moved = arranging(payload, first: itemCount)
    return hard + (moved - moved.detached())
  }

  /// The rows of a payload in this order, `count` of them in each sequence: exact copies.
  func arranging(_ payload: Tensor, first count: Int) -> Tensor {
    let n = itemCount
    let first = Indices(shape: batch + [count]) { buffer in
      for place in buffer.indices {
        buffer[place] = order.values[place / count * n + place % count]
      }
    }
    return Orders(trusted: first, itemCount: n).arranging(payload)
  }

  /// The order as places in all scores, one sequence after the other.
  var items: [Int] {
    let n = itemCount
    return order.values.enumerated().map { $0.offset - $0.offset % n + Int($0.element) }
  }

  /// The scores from the largest to the smallest, with their gradient.
  var descending: Tensor { scores.takingAlong(order, axis: -1) }

  /// A quantile of the gaps between neighbors in order that are not zero; `nil` without any.
  func gapQuantile(_ share: Double) -> Double? {
    require(share >= 0 && share <= 1, "quantile \(share) is not in 0...1")
    let (n, sorted) = (itemCount, descending.scalars)
    let gaps = sorted.indices.filter { ($0 + 1) % n != 0 && sorted[$0] > sorted[$0 + 1] }
      .map { Double(sorted[$0]) - Double(sorted[$0 + 1]) }.sorted()
    return gaps.isEmpty ? nil : gaps[min(gaps.count - 1, Int(share * Double(gaps.count)))]
  }

  /// Runs a blend over the entries exp(-D) of each row that matter, and bounds the share of its
  /// weight that is left out.
  ///
  /// The own entry of a row is 1, so n - 1 others below error / (n - 1) are less than that share.
  ///
  /// - Parameter blend: given the D beyond which entries may be left out, the value and the totals
  ///   of the rows.
  func withCut(
    leavingOut error: Double, _ blend: (Double) -> (value: Tensor, totals: Tensor)
  ) -> (value: Tensor, bound: Tensor) {
    require(error >= 0 && error < 1, "error \(error) is not in 0..<1")
    let others = Double(max(0, itemCount - 1))
    let cut = max(0, min(NeuralSort.underflow, Double.log(max(1, others) / error)))
    let (value, totals) = blend(cut)
    return (value, totals.reciprocal() * Scalar(others * Double.exp(-cut)))
  }

  /// Traps unless these are orders of the scores' items, each item once.
  func checkOrder(_ permutation: Indices) {
    let n = itemCount
    require(
      permutation.shape == scores.shape,
      "orders of shape \(permutation.shape) for scores of shape \(scores.shape)")
    permutation.check(below: n)
    var seen = [Int](repeating: -1, count: n)
    for (place, item) in permutation.values.enumerated() {
      let (item, row) = (Int(item), place / n)
      require(seen[item] != row, "item \(item) is listed twice in order \(row)")
      seen[item] = row
    }
  }
}
