import Tensors

/// Dependency trees over N words without crossing arcs: each word has a head, another word or the
/// root 0.
///
/// Parts are those of an ``Arborescence``: the arc from head h = 0...N to modifier m = 1...N, m
/// other than h, by h and then by m.
///
/// - Complexity: O(N³).
/// - Reference: Eisner (1996), Three new probabilistic models for dependency parsing.
public struct ProjectiveDependencies: Structure {
  public let words: Int
  public let roots: RootCount
  public let engine: DerivationGraph

  /// Traps unless there is a word.
  public init(words n: Int, roots: RootCount = .many) {
    require(n > 0, "dependencies of \(n) words")
    (words, self.roots) = (n, roots)
    var graph = DerivationGraph(partCount: n * n)
    // Of positions i <= j: halves of words that are headed by i or by j, closed or still open at
    // the other end, which has been given its head.
    var (fromLeft, fromRight) = (Table(n), Table(n))
    for place in 0...n {
      let leaf = graph.add([.init()])
      (fromLeft[place, place], fromRight[place, place]) = (leaf, leaf)
    }
    var (openLeft, openRight) = (Table(n), Table(n))
    for width in stride(from: 1, through: n, by: 1) {
      for i in 0...(n - width) {
        let j = i + width
        let splits = (i..<j).map {
          DerivationGraph.Edge(fromLeft[i, $0], fromRight[$0 + 1, j])
        }
        if i > 0 || roots == .many {
          openLeft[i, j] = graph.add(part: Arborescence.arc(i, j, of: n), splits)
          fromLeft[i, j] = graph.add(
            (i + 1...j).map { .init(openLeft[i, $0], fromLeft[$0, j]) })
        }
        if i > 0 {
          openRight[i, j] = graph.add(part: Arborescence.arc(j, i, of: n), splits)
          fromRight[i, j] = graph.add((i..<j).map { .init(fromRight[i, $0], openRight[$0, j]) })
        }
      }
    }
    _ =
      roots == .many
      ? graph.add([.init(fromLeft[0, n])])
      : graph.add(
        (1...n).map {
          .init(part: Arborescence.arc(0, $0, of: n), fromRight[1, $0], fromLeft[$0, n])
        })
    engine = graph
  }

  /// A node for each pair of positions.
  private struct Table {
    private var nodes: [Int]
    private let side: Int

    init(_ n: Int) {
      side = n + 1
      nodes = [Int](repeating: 0, count: side * side)
    }

    subscript(_ first: Int, _ last: Int) -> Int {
      get { nodes[first * side + last] }
      set { nodes[first * side + last] = newValue }
    }
  }

  /// The first words of more.
  public func places(of smaller: ProjectiveDependencies) -> [Int] {
    require(
      smaller.words <= words && smaller.roots == roots,
      "dependencies of \(smaller.words) words in those of \(words)")
    return Arborescence.places(of: smaller.words, in: words)
  }
}

/// How many words of a dependency tree may hang on the root.
public enum RootCount: Sendable {
  case one, many
}
