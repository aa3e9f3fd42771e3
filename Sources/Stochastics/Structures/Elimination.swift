public import Tensors

/// The engine of trees that span a graph: vertices are eliminated one by one, in log space and
/// without a subtraction of weights, so that scores of any size keep their digits.
///
/// An arc from head h to modifier m says that h is the parent of m. To eliminate vertex v is to
/// replace every way h → v → m by an arc: with s_v the sum of the weights of arcs into v,
/// t_hm ← t_hm + t_hv t_vm / s_v; the product of all s_v is the sum over trees. That is the
/// determinant of the matrix-tree theorem, which alone would cancel. Every step is a node of a
/// ``DerivationGraph`` with divisors. Where weights are not too far apart for it, sums, marginals
/// and covariances come from the same steps on the weights themselves.
///
/// Samples are drawn by walks with erased loops (Wilson 1996); where a walk does not end within
/// 64 n² steps, arcs are drawn one after another by their marginals given those before.
///
/// Where the root has one child, that is what is left in the end: the root's arcs to the vertices
/// that are taken out before count as ways to it alone.
///
/// - Complexity: O(n³) in time, and O(n²) in memory while weights will do; a sample takes the mean
///   hitting time of the walk, at most O(n²) steps, or n charts.
/// - Reference: Koo, Globerson, Carreras and Collins (2007), Structured prediction models via the
///   matrix-tree theorem; Grassmann, Taksar and Heyman (1985), Regenerative analysis and steady
///   state distributions for Markov chains; Wilson (1996), Generating random spanning trees more
///   quickly than the cover time.
public struct Elimination: StructureEngine {
  public let partCount: Int
  let arcs: ArcTable
  private let graph: Once<DerivationGraph>

  /// - Parameter part: the part of the arc between two vertices; arcs that share one are a line
  ///   without direction.
  init(
    vertices n: Int, partCount: Int, roots: RootCount = .many,
    part: (_ head: Int, _ modifier: Int) -> Int
  ) {
    self.partCount = partCount
    let arcs = ArcTable(vertices: n, roots: roots, part: part)
    self.arcs = arcs
    graph = Once { Self.graph(arcs, partCount: partCount) }
  }

  /// Number of vertices, the root 0 among them.
  var vertexCount: Int { arcs.vertexCount }
  var roots: RootCount { arcs.roots }

  /// The steps of the elimination as a graph, O(n³) edges: most laws need none of it.
  var sums: DerivationGraph { graph.value }

  private static func graph(_ table: ArcTable, partCount: Int) -> DerivationGraph {
    let (n, roots) = (table.vertexCount, table.roots)
    var graph = DerivationGraph(partCount: partCount)
    // The lowest vertex is what is left: the root, or the first word where the root has one child.
    let last = roots == .many ? 0 : 1
    var arcs = (0..<n * n).map { place in
      let part = table[place / n, place % n]
      return part < 0 ? -1 : graph.add(part: part, [.init()])
    }
    var (inflows, product) = ([Int](repeating: -1, count: n), graph.add([.init()]))
    for v in stride(from: n - 1, to: last, by: -1) {
      inflows[v] = graph.add((last..<v).map { .init(arcs[$0 * n + v]) })
      for head in last..<v {
        for modifier in max(1, last)..<max(v, 1) where modifier != head {
          arcs[head * n + modifier] = graph.add([
            .init(arcs[head * n + modifier]),
            .init(arcs[head * n + v], arcs[v * n + modifier], over: inflows[v]),
          ])
        }
      }
      product = graph.add([.init(product, inflows[v])])
    }
    guard roots == .one else { return graph }
    // The weight of the trees of each word, over that of the first one.
    var weights = [-1, graph.add([.init()])]
    for v in stride(from: 2, to: n, by: 1) {
      weights.append(
        graph.add((1..<v).map { .init(weights[$0], arcs[v * n + $0], over: inflows[v]) }))
    }
    _ = graph.add((1..<n).map { .init(part: table[0, $0], weights[$0], product) })
    return graph
  }

  public var stateCount: Int? {
    wholePower(roots == .many ? vertexCount : vertexCount - 1, vertexCount - 2)
  }

  public func states() -> [[Int]] {
    var (states, heads) = ([[Int]](), [Int](repeating: 0, count: vertexCount))
    func extend(_ modifier: Int) {
      guard modifier < vertexCount else {
        let children = heads.dropFirst().count { $0 == 0 }
        if roots == .many || children == 1 || vertexCount == 1 { states.append(parts(of: heads)) }
        return
      }
      for head in 0..<vertexCount where head != modifier {
        heads[modifier] = head
        // Those that have a head so far must not lead back.
        var place = head
        while place != 0 && place < modifier { place = heads[place] }
        if place != modifier { extend(modifier + 1) }
      }
    }
    extend(1)
    return states
  }

  func parts(of heads: [Int]) -> [Int] {
    (1..<max(1, vertexCount)).map { arcs[heads[$0], $0] }
  }

  public func mode(of scores: [Double]) -> [Int] {
    let n = vertexCount
    let weights = arcs.matrix(of: scores)
    guard roots == .one, n > 1 else {
      return parts(of: BestArborescence.heads(weights, vertices: n, root: 0))
    }
    // A tree with a child is worth at most the best arcs into all others and that to the child.
    let others = (1..<n).map { word in (1..<n).map { weights[$0 * n + word] }.max() ?? -.infinity }
    let bounds = (0..<n - 1).map { child in
      others.indices.reduce(weights[child + 1]) { $1 == child ? $0 : $0 + others[$1] }
    }
    let likeliest = bounds.indices.max { bounds[$0] < bounds[$1] } ?? 0
    var best = (score: -Double.infinity, child: 0, heads: [Int]())
    for child in [likeliest] + bounds.indices.filter({ $0 != likeliest })
    where bounds[child] > -.infinity && bounds[child] >= best.score {
      // The child alone may hang on the root.
      var allowed = weights
      for word in 1..<n where word != child + 1 { allowed[word] = -.infinity }
      guard let heads = BestArborescence.possibleHeads(allowed, vertices: n, root: 0) else {
        continue
      }
      let score = (1..<n).reduce(0) { $0 + allowed[heads[$1] * n + $1] }
      if (score, -child) > (best.score, -best.child) { best = (score, child, heads) }
    }
    return parts(of: best.heads)
  }

  public func chart(of scores: [Double], rows: Int) -> EliminationChart {
    EliminationChart(self, scores, rows: rows)
  }

  public func logNormalizer(of scores: Tensor) -> Tensor { sums.logNormalizer(of: scores) }
}
