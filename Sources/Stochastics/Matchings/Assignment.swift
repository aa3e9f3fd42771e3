import CKernels
public import Tensors

/// The best matching: the item of every place that together score highest, each item once, with a
/// certificate.
///
/// Potentials of places and items prove it: place + item is at or above every score, so no matching
/// exceeds ``bound``, which the scores of ``order`` add up to. Where several are best the result is
/// one of them, always the same.
///
/// - Complexity: O(n³) for each matrix, by shortest augmenting paths; matrices in parallel.
/// - Reference: Kuhn (1955), The Hungarian method for the assignment problem; Jonker and Volgenant
///   (1987), A shortest augmenting path algorithm for dense and sparse linear assignment problems.
public struct Assignment: Sendable {
  /// The item at each place, `batch + [n]`.
  public let order: Orders
  /// The sum of the scores of the pairs, `batch`; its gradient in the scores is the matrix of
  /// ``order``.
  public let value: Tensor
  /// Shape `batch + [n]`, without a gradient.
  public let placePotentials: Tensor
  /// Shape `batch + [n]`, without a gradient.
  public let itemPotentials: Tensor

  /// Solves each matrix of `batch + [n, n]`: rows are places, columns are items.
  ///
  /// Traps unless scores are finite or -inf, which forbids a pair, and unless some matching avoids
  /// all that are forbidden.
  public init(scores: Tensor) {
    let size = scores.checkedMatchingSize(hasPerfect: true)
    let batch = Array(scores.shape.dropLast(2))
    let (columns, potentials) = Self.solve(scores, size: size, batch: batch)
    order = Orders(trusted: columns, itemCount: size)
    value =
      size == 0
      ? .zeros(batch)
      : scores.takingAlong(columns.reshaped(batch + [size, 1]), axis: -1)
        .reshaped(batch + [size]).sum(along: -1)
    (placePotentials, itemPotentials) = potentials
  }

  /// The sum of all potentials, `batch`: no matching scores higher.
  public var bound: Tensor { placePotentials.sum(along: -1) + itemPotentials.sum(along: -1) }

  private static func solve(
    _ scores: Tensor, size: Int, batch: [Int]
  ) -> (Indices, (Tensor, Tensor)) {
    let count = batch.reduce(1, *)
    let given = scores.detached().contiguous()
    var columns = Indices([], shape: [0])
    var feasible = [Int32](repeating: 1, count: count)
    let potentials = Tensor.writing(batch + [size], batch + [size]) { places, items in
      columns = Indices(shape: batch + [size]) { columns in
        guard let columns = columns.baseAddress, size > 0, count > 0 else { return }
        given.withBase {
          Kernels.assignment(count, size, $0, columns, &feasible, places, items)
        }
      }
    }
    if let bad = feasible.firstIndex(of: 0) {
      fatalError("every matching of matrix \(bad) has a score of -inf")
    }
    return (columns, potentials)
  }
}

extension Tensor {
  /// n of scores `batch + [n, n]`, finite or -inf; traps on others, and on a row or column of -inf
  /// alone unless a whole matching is looked for anyway.
  func checkedMatchingSize(hasPerfect: Bool) -> Int {
    require(
      rank >= 2 && shape[rank - 1] == shape[rank - 2],
      "scores of a matching are square, got \(shape)")
    let n = shape[rank - 1]
    if allFinite { return n }
    let values = scalars
    for (place, value) in values.enumerated() {
      require(
        value.isFinite || value == -.infinity, "score \(value) at place \(place) is not a score")
    }
    if hasPerfect { return n }
    for axis in [-1, -2] {
      let most = detached().max(along: axis)
      require(
        most.allFinite, "a \(axis == -1 ? "place" : "item") has no finite score among \(n)")
    }
    return n
  }
}
