import Tensors

/// Cuts of a sequence into segments of bounded length, each with one of K labels.
///
/// Parts: the segment that begins at `start`, has `length` steps and label k stands at
/// (start L + length - 1) K + k, L being the longest. A segment that would end behind the last step
/// is in no state. Its ``Gibbs`` law is a semi-Markov conditional random field.
///
/// - Complexity: O(n L K).
/// - Reference: Sarawagi and Cohen (2004), Semi-Markov conditional random fields.
public struct Segmentation: Structure {
  public let steps: Int
  public let longest: Int
  public let labels: Int
  public let engine: DerivationGraph

  /// Traps unless there are a step, a length and a label.
  public init(steps n: Int, longest: Int, labels: Int = 1) {
    require(
      n > 0 && longest > 0 && labels > 0,
      "segments of at most \(longest) of \(n) steps with \(labels) labels")
    (steps, self.longest, self.labels) = (n, longest, labels)
    var graph = DerivationGraph(partCount: n * longest * labels)
    // Node e: the first e steps are cut.
    _ = graph.add([.init()])
    for end in 1...n {
      _ = graph.add(
        (max(0, end - longest)..<end).flatMap { start in
          (0..<labels).map { label in
            .init(part: (start * longest + end - start - 1) * labels + label, start)
          }
        })
    }
    engine = graph
  }

  /// The first steps of a longer sequence.
  public func places(of smaller: Segmentation) -> [Int] {
    require(
      smaller.steps <= steps && smaller.longest == longest && smaller.labels == labels,
      "segments of \(smaller.longest) of \(smaller.steps) steps in those of \(longest) of \(steps)")
    return Array(0..<smaller.partCount)
  }
}
