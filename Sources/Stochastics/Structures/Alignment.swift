import Tensors

/// Monotone alignments of two sequences: paths through the cells of an n x m grid, from the first
/// to the last, that go down, right, or both.
///
/// Parts: the step into cell (i, j) stands at 3 (i m + j) + kind, kind being 0 for both, 1 for down
/// (from i - 1) and 2 for right (from j - 1). The first cell is in every path, and its parts are in
/// no state.
///
/// - Complexity: O(n m).
/// - Reference: Needleman and Wunsch (1970), A general method applicable to the search for
///   similarities in the amino acid sequence of two proteins.
public struct Alignment: Structure {
  public let rows: Int
  public let columns: Int
  public let engine: DerivationGraph

  /// Traps unless both sequences have an element.
  public init(rows n: Int, columns m: Int) {
    require(n > 0 && m > 0, "an alignment of \(n) to \(m)")
    (rows, columns) = (n, m)
    var graph = DerivationGraph(partCount: 3 * n * m)
    for row in 0..<n {
      for column in 0..<m {
        let cell = row * m + column
        var steps: [DerivationGraph.Edge] = []
        if row > 0 && column > 0 { steps.append(.init(part: 3 * cell, cell - m - 1)) }
        if row > 0 { steps.append(.init(part: 3 * cell + 1, cell - m)) }
        if column > 0 { steps.append(.init(part: 3 * cell + 2, cell - 1)) }
        _ = graph.add(cell == 0 ? [.init()] : steps)
      }
    }
    engine = graph
  }

  /// The first rows and columns of more.
  public func places(of smaller: Alignment) -> [Int] {
    require(
      smaller.rows <= rows && smaller.columns <= columns,
      "\(smaller.rows) x \(smaller.columns) cells in \(rows) x \(columns)")
    return (0..<smaller.rows).flatMap { row in
      (0..<3 * smaller.columns).map { 3 * row * columns + $0 }
    }
  }
}
