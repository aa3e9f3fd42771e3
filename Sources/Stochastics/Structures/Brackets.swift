import Tensors

/// Balanced sequences of n opening and n closing brackets.
///
/// Parts: depth d after place p, at p (n + 1) + d, for the 2 n places.
///
/// - Complexity: O(n²).
public struct Brackets: Structure {
  public let pairs: Int
  public let engine: DerivationGraph

  /// Traps unless there is a pair.
  public init(pairs n: Int) {
    require(n > 0, "\(n) pairs of brackets")
    pairs = n
    var graph = DerivationGraph(partCount: 2 * n * (n + 1))
    var before: [Int: Int] = [0: graph.add([.init()])]
    for place in 0..<(2 * n) {
      var after: [Int: Int] = [:]
      // Depths that the places so far can reach, and from which the rest can be closed.
      for depth in 0...min(place + 1, 2 * n - place - 1) {
        let edges = [depth - 1, depth + 1].compactMap { before[$0] }
        guard !edges.isEmpty else { continue }
        after[depth] = graph.add(part: place * (n + 1) + depth, edges.map { .init($0) })
      }
      before = after
    }
    engine = graph
  }

  /// The first places of more.
  public func places(of smaller: Brackets) -> [Int] {
    require(smaller.pairs <= pairs, "\(smaller.pairs) pairs in \(pairs)")
    return (0..<2 * smaller.pairs).flatMap { place in
      (0...smaller.pairs).map { place * (pairs + 1) + $0 }
    }
  }
}
