import Tensors

/// Sequences of labels: n steps of K labels, scored by label and by pair of neighbors.
///
/// Parts: label k of step t at t K + k; then the transition from j to k between t and t + 1 at
/// n K + t K² + j K + k. Its ``Gibbs`` law is a linear-chain conditional random field.
///
/// - Complexity: O(n K²).
/// - Reference: Lafferty, McCallum and Pereira (2001), Conditional random fields.
public struct Chain: Structure {
  public let steps: Int
  public let labels: Int
  public let engine: DerivationGraph

  /// Traps unless there are a step and a label.
  public init(steps n: Int, labels: Int) {
    require(n > 0 && labels > 0, "a chain of \(n) steps of \(labels) labels")
    (steps, self.labels) = (n, labels)
    var graph = DerivationGraph(partCount: n * labels + (n - 1) * labels * labels)
    var before: [Int] = []
    for step in 0..<n {
      before = (0..<labels).map { label in
        graph.add(
          part: step * labels + label,
          step == 0
            ? [.init()]
            : (0..<labels).map { previous in
              let pair = ((step - 1) * labels + previous) * labels + label
              return .init(part: n * labels + pair, before[previous])
            })
      }
    }
    _ = graph.add(before.map { .init($0) })
    engine = graph
  }

  /// The first steps of a longer chain.
  public func places(of smaller: Chain) -> [Int] {
    require(
      smaller.steps <= steps && smaller.labels == labels,
      "\(smaller.steps) steps of \(smaller.labels) labels in \(steps) of \(labels)")
    let pairs = smaller.partCount - smaller.steps * labels
    return Array(0..<(smaller.steps * labels))
      + (0..<pairs).map { steps * labels + $0 }
  }
}
