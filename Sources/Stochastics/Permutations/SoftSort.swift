public import Tensors

/// A differentiable sort by distance: row i weighs items by how near their scores are to the i-th
/// largest.
///
/// Row i is softmax_j(-|s_(i) - s_j|^p / τ) with s_(i) the i-th largest score. For p = 1 the
/// weights are products of decays between neighbors, and the matrix times a payload is two
/// recurrences from the two ends: exact, nothing truncated, in linear time after the sort. For
/// p = 2 only the entries near the diagonal that are not zero in this precision are visited.
///
/// - Complexity: O(n log n) to make.
/// - Reference: Prillo and Eisenschlos (2020), SoftSort: a continuous relaxation for the argsort
///   operator.
public struct SoftSort: Sendable {
  /// The power p of the distance.
  public enum Power: Sendable, Hashable {
    /// |s_(i) - s_j|, in O(n) time.
    case absolute
    /// (s_(i) - s_j)², over a band about the diagonal.
    case squared
  }

  let sorted: SortedScores
  /// τ, positive.
  public let temperature: Double
  /// The power of the distance.
  public let power: Power

  /// Sorts descending; traps unless the scores `batch + [n]` are finite and the temperature is
  /// positive.
  public init(scores: Tensor, temperature: Double, power: Power = .absolute) {
    requirePositive(temperature: temperature)
    sorted = SortedScores(scores)
    self.temperature = temperature
    self.power = power
  }

  init(sorted: SortedScores, temperature: Double, power: Power) {
    self.sorted = sorted
    self.temperature = temperature
    self.power = power
  }

  /// The same relaxation of other scores.
  func with(scores: Tensor) -> SoftSort {
    SoftSort(scores: scores, temperature: temperature, power: power)
  }

  /// The item at each place, the largest score first; equal ones in their order.
  public var order: Indices { sorted.order }

  /// The matrix times a payload `batch + [n] + rest`, of the same shape, differentiable in scores
  /// and payload.
  ///
  /// Where scores are equal the gradient for p = 1 is that of one of their orders.
  ///
  /// - Complexity: O(n d) memory, forward and backward; O(n d) time for p = 1, O(n + Σ w_i d) for
  ///   p = 2 with w_i items of weights that are not zero in row i. A gradient to be differentiated
  ///   again forms the matrix.
  public func apply(to payload: Tensor) -> Tensor {
    blend(payload, cut: NeuralSort.underflow).value
  }

  /// The payload in hard order, exactly, with the gradient of ``apply(to:)`` in the scores, and of
  /// the order in the payload.
  public func applyStraightThrough(to payload: Tensor) -> Tensor {
    sorted.straightThrough(payload) {
      blend($0, cut: NeuralSort.underflow, isHard: true).value
    }
  }

  /// ``apply(to:)`` over the entries that matter: for p = 2 at most a share `error` of any row's
  /// weight is left out, for p = 1 nothing.
  ///
  /// No entry beyond (s_(i) - s_j)² / τ = log((n - 1) / error) is kept. With the row's bound from
  /// the result, and up to rounding, every coordinate of the value is within bound · (its
  /// largest - its smallest in the payload) of the full matrix's.
  ///
  /// - Parameter error: in 0..<1; below what the precision resolves it leaves out nothing.
  /// - Returns: the value, and at most `error` for each row: `batch + [n]`, without a gradient.
  public func apply(to payload: Tensor, error: Double) -> (value: Tensor, bound: Tensor) {
    guard power == .squared else { return (apply(to: payload), .zeros(sorted.scores.shape)) }
    return sorted.withCut(leavingOut: error) { blend(payload, cut: $0) }
  }

  /// The matrix itself, `batch + [n, n]`: rows are places, columns are items, each row on the
  /// simplex.
  ///
  /// - Complexity: O(n²) time and memory.
  public var matrix: Tensor { logits.softmax(along: -1) }

  /// The logits of the matrix, before its rows are normalized; the largest of each row is 0.
  var logits: Tensor {
    let distances =
      sorted.descending.expandingDimensions(at: -1) - sorted.scores.expandingDimensions(at: -2)
    return length(distances) * Scalar(-1 / temperature)
  }

  /// |x|^p.
  func length(_ distances: Tensor) -> Tensor {
    power == .absolute ? distances.abs() : distances.squared()
  }
}
