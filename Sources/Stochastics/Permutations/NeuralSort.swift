public import Tensors

/// A relaxed sort in descending order: the permutation matrix with a softmax for each of its rows.
///
/// Row i of the matrix is softmax_j(((n + 1 - 2i) s_j - Σ_k |s_j - s_k|) / τ). Sorted, that is exp(-D(i, r) / τ) over its sum, with D a sum of
/// gaps between neighbours that is zero on the diagonal: nothing cancels, and a payload is sorted without ever forming the matrix. With
/// Gumbels added to the scores it relaxes a Plackett-Luce ranking.
/// Grover, Wang, Zweig and Ermon (2019), Stochastic optimization of sorting networks via continuous relaxations.
public struct NeuralSort: Sendable {
  /// Of shape `batch + [n]`.
  public let scores: Tensor
  public let temperature: Scalar
  /// Share of a row's weight that may be left out.
  public let tolerance: Scalar
  private let order: Indices

  /// Traps unless the scores are finite and the temperature is positive.
  ///
  /// - Parameter tolerance: what is left out of a row weighs no more than this, so that a sorted payload is off by no more than the
  ///   tolerance times the payload's diameter; by default no more than rounding.
  /// - Complexity: O(n log n).
  public init(scores: Tensor, temperature: Scalar, tolerance: Scalar = Scalar.ulpOfOne) {
    precondition(scores.rank > 0, "scores of shape \(scores.shape), [..., n] is needed")
    precondition(scores.allFinite, "a score is not finite")
    precondition(temperature > 0, "temperature \(temperature) is not positive")
    precondition(tolerance > 0 && tolerance < 1, "tolerance \(tolerance) is not in (0, 1)")
    self.scores = scores
    self.temperature = temperature
    self.tolerance = tolerance
    order = scores.detached().descendingOrder()
  }

  /// Number of items.
  public var count: Int { scores.shape[scores.rank - 1] }

  /// The payload's rows in relaxed descending order of score, `batch + [n, d]`; the gradient is first order.
  ///
  /// - Parameter payload: `batch + [n, d]`.
  /// - Complexity: O(n d) memory, and time in the widths of the bands in which weights are above the tolerance over n.
  public func apply(to payload: Tensor) -> Tensor {
    let d = payload.shape[payload.rank - 1]
    precondition(
      payload.shape == scores.shape + [d], "a payload \(payload.shape) for scores \(scores.shape)")
    let problems = scores.shape.dropLast().reduce(1, *)
    let flat = [problems, count]
    let places = Indices(order.values.map { Int($0) }, shape: flat)
    let sorted = scores.reshaped(flat).takingAlong(places, axis: 1)
    let rows = payload.reshaped(flat + [d]).permutingRows(by: places)
    // A row leaves out n - 1 weights at most, each below tolerance / (n - 1) of its largest.
    let threshold = (Tensor(Scalar(max(1, count - 1))) / tolerance).log().item
    return sorted.neuralSorted(rows, temperature: temperature, threshold: threshold)
      .reshaped(payload.shape)
  }

  /// The rows in exact descending order, with the gradient of the relaxed sort.
  public func applyStraightThrough(to payload: Tensor) -> Tensor {
    let problems = scores.shape.dropLast().reduce(1, *)
    let places = Indices(order.values.map { Int($0) }, shape: [problems, count])
    let exact = payload.detached().reshaped([problems, count, payload.shape[payload.rank - 1]])
      .permutingRows(by: places).reshaped(payload.shape)
    return exact.passingGradient(to: apply(to: payload))
  }

  /// The relaxed permutation matrix, `batch + [n, n]`, its rows summing to one, differentiable to any order.
  ///
  /// - Complexity: O(n²).
  public var matrix: Tensor { (scores.neuralSortLogits / temperature).softmax(along: -1) }
}

extension Tensor {
  /// Logits (n + 1 - 2i) s_j - Σ_k |s_j - s_k| of the items j of scores batch + [n] at the places i, batch + [n, n].
  var neuralSortLogits: Tensor {
    let n = shape[rank - 1]
    let leading = Array(shape.dropLast())
    let columns = reshaped(leading + [1, n])
    let differences = (reshaped(leading + [n, 1]) - columns).abs().sum(along: -2)
    let factors = Tensor((0..<n).map { Scalar(n - 1 - 2 * $0) }, shape: [n, 1])
    return factors * columns - differences.reshaped(leading + [1, n])
  }

  /// Rows [problems, n, d] in the order of places [problems, n].
  func permutingRows(by places: Indices) -> Tensor {
    let (problems, n) = (shape[0], shape[1])
    let flat = Indices(
      places.values.enumerated().map { $0.offset / Swift.max(1, n) * n + Int($0.element) },
      shape: [problems * n])
    return reshaped([problems * n, shape[2]]).gathering(flat, along: 0).reshaped(shape)
  }
}
