import Tensors

/// Binary trees over n leaves in their order: which spans of leaves are constituents.
///
/// Parts: the span from leaf i to before leaf j, i < j <= n, by i and then by j, each with one of K
/// labels; the spans of one leaf and of all leaves are in every tree.
///
/// - Complexity: O(n³).
/// - Reference: Kasami (1965), An efficient recognition and syntax algorithm for context-free
///   languages; Stern, Andreas and Klein (2017), A minimal span-based neural constituency parser.
public struct BinaryTree: Structure {
  public let leaves: Int
  public let labels: Int
  public let engine: DerivationGraph

  /// Traps unless there are a leaf and a label.
  public init(leaves n: Int, labels: Int = 1) {
    require(n > 0 && labels > 0, "a tree over \(n) leaves with \(labels) labels")
    (leaves, self.labels) = (n, labels)
    var graph = DerivationGraph(partCount: n * (n + 1) / 2 * labels)
    var nodes = [Int](repeating: 0, count: n * (n + 1) / 2)
    for width in 1...n {
      for first in 0...(n - width) {
        let (end, span) = (first + width, Self.span(first, first + width, of: n))
        let splits: [DerivationGraph.Edge] =
          width == 1
          ? [.init()]
          : (first + 1..<end).map {
            .init(nodes[Self.span(first, $0, of: n)], nodes[Self.span($0, end, of: n)])
          }
        if labels == 1 {
          nodes[span] = graph.add(part: span, splits)
        } else {
          let bare = graph.add(splits)
          nodes[span] = graph.add((0..<labels).map { .init(part: span * labels + $0, bare) })
        }
      }
    }
    engine = graph
  }

  /// The place of a span among the spans of n leaves.
  static func span(_ first: Int, _ end: Int, of n: Int) -> Int {
    first * n - first * (first - 1) / 2 + end - first - 1
  }

  /// The part of the span from one leaf to before another.
  public func part(from first: Int, to end: Int, label: Int = 0) -> Int {
    require(first >= 0 && first < end && end <= leaves, "leaves \(first) to \(end) of \(leaves)")
    return Self.span(first, end, of: leaves) * labels + label
  }

  /// The first leaves of more.
  public func places(of smaller: BinaryTree) -> [Int] {
    require(
      smaller.leaves <= leaves && smaller.labels == labels,
      "\(smaller.leaves) leaves with \(smaller.labels) labels in \(leaves) with \(labels)")
    return (0..<smaller.leaves).flatMap { first in
      (first + 1...smaller.leaves).flatMap { end in
        (0..<labels).map { part(from: first, to: end, label: $0) }
      }
    }
  }
}
