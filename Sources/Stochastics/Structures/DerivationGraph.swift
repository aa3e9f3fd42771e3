import CKernels
public import Tensors

/// An acyclic graph whose derivations are the states of a structure.
///
/// A node is derived by one of its edges, and an edge needs its tails derived: none, one or two
/// nodes that were added before. Nodes and edges may stand for a part each. The last node is the
/// root; its derivations are the states, and every state must have a single derivation, in which no
/// part occurs twice.
///
/// - Complexity: O(edges) in time and memory for a chart, its marginals and products of the
///   covariance; O(edges that are looked at) for a sample.
/// - Reference: Goodman (1999), Semiring parsing; Li and Eisner (2009), First- and second-order
///   expectation semirings.
public struct DerivationGraph: StructureEngine {
  /// One way to derive a node.
  public struct Edge: Sendable {
    fileprivate let ends: dk_edge

    // -1 for none.
    var part: Int { Int(ends.part) }
    var first: Int { Int(ends.first) }
    var second: Int { Int(ends.second) }
    /// A node whose sum divides the edge's weight, which ``Elimination`` needs.
    var divisor: Int { Int(ends.divisor) }

    /// An edge that stands for a part, if any, and needs its tails.
    public init(part: Int? = nil, _ first: Int? = nil, _ second: Int? = nil) {
      self.init(part: part, first, second, over: nil)
    }

    init(part: Int? = nil, _ first: Int?, _ second: Int?, over divisor: Int?) {
      ends = dk_edge(
        part: Int32(part ?? -1), first: Int32(first ?? -1), second: Int32(second ?? -1),
        divisor: Int32(divisor ?? -1))
    }
  }

  public let partCount: Int
  /// The part of each node, -1 for none.
  private(set) var nodeParts: [Int] = []
  /// Where the edges of each node begin, and where the last ones end.
  private(set) var starts: [Int] = [0]
  private(set) var edges: [Edge] = []

  /// A graph without nodes.
  public init(partCount: Int) { self.partCount = partCount }

  /// Adds a node that may be derived by any of the edges, and returns its number.
  ///
  /// Traps where a tail is not a node yet, or a part is out of range.
  public mutating func add(part: Int? = nil, _ edges: [Edge]) -> Int {
    let node = nodeParts.count
    for edge in edges {
      require(
        max(edge.first, edge.second) < node,
        "an edge of node \(node) needs node \(max(edge.first, edge.second))")
      require(edge.part < partCount, "an edge has part \(edge.part) of \(partCount)")
    }
    require((part ?? -1) < partCount, "node \(node) has part \(part ?? 0) of \(partCount)")
    nodeParts.append(part ?? -1)
    self.edges += edges
    starts.append(self.edges.count)
    return node
  }

  var nodeCount: Int { nodeParts.count }

  func edges(of node: Int) -> Range<Int> { starts[node]..<starts[node + 1] }

  public var stateCount: Int? {
    var counts: [Int] = []
    for node in 0..<nodeCount {
      var sum = 0
      for edge in edges[edges(of: node)] {
        let (product, many) = (edge.first < 0 ? 1 : counts[edge.first])
          .multipliedReportingOverflow(by: edge.second < 0 ? 1 : counts[edge.second])
        let (total, more) = sum.addingReportingOverflow(product)
        if many || more { return nil }
        sum = total
      }
      counts.append(sum)
    }
    return counts.last ?? 0
  }

  public func states() -> [[Int]] {
    var derivations: [[[Int]]] = []
    for node in 0..<nodeCount {
      let own = nodeParts[node] < 0 ? [] : [nodeParts[node]]
      derivations.append(
        edges[edges(of: node)].flatMap { edge -> [[Int]] in
          let start = edge.part < 0 ? own : own + [edge.part]
          let firsts = edge.first < 0 ? [[]] : derivations[edge.first]
          let seconds = edge.second < 0 ? [[]] : derivations[edge.second]
          return firsts.flatMap { first in seconds.map { start + first + $0 } }
        })
    }
    return derivations.last ?? []
  }

  public func mode(of scores: [Double]) -> [Int] {
    let best = bestEdges(of: scores)
    return walk { best[$0] }
  }

  /// The edge of each node that has the best sum of scores below it, -1 for none.
  func bestEdges(of scores: [Double]) -> [Int] {
    var best = [Double](repeating: -.infinity, count: nodeCount)
    var choices = [Int](repeating: -1, count: nodeCount)
    for node in 0..<nodeCount {
      for index in edges(of: node) {
        let score = score(of: edges[index], scores, best)
        if score > best[node] { (best[node], choices[node]) = (score, index) }
      }
      if nodeParts[node] >= 0 { best[node] += scores[nodeParts[node]] }
    }
    return choices
  }

  public func chart(of scores: [Double], rows: Int) -> DerivationChart {
    DerivationChart(self, scores, rows: rows)
  }

  /// Calls `body` with the graph as kernels take it.
  func withKernelGraph<Result>(_ body: (UnsafePointer<dk_graph>) -> Result) -> Result {
    starts.withUnsafeBufferPointer { starts in
      nodeParts.withUnsafeBufferPointer { parts in
        edges.withUnsafeBufferPointer { edges in
          edges.withMemoryRebound(to: dk_edge.self) { edges in
            var graph = dk_graph(
              nodes: nodeCount, starts: starts.baseAddress, parts: parts.baseAddress,
              edges: edges.baseAddress)
            return body(&graph)
          }
        }
      }
    }
  }

  /// The score of an edge with those of its tails.
  @inline(__always)
  func score(of edge: Edge, _ scores: [Double], _ nodes: [Double]) -> Double {
    (edge.part < 0 ? 0 : scores[edge.part]) + (edge.first < 0 ? 0 : nodes[edge.first])
      + (edge.second < 0 ? 0 : nodes[edge.second])
  }

  /// The parts of the derivation that begins at the root and takes the edges that `choose` picks.
  func walk(_ choose: (Int) -> Int) -> [Int] {
    var (parts, pending) = ([Int](), [nodeCount - 1])
    while let node = pending.popLast() {
      if nodeParts[node] >= 0 { parts.append(nodeParts[node]) }
      let edge = edges[choose(node)]
      if edge.part >= 0 { parts.append(edge.part) }
      if edge.second >= 0 { pending.append(edge.second) }
      if edge.first >= 0 { pending.append(edge.first) }
    }
    return parts
  }

  public func logNormalizer(of scores: Tensor) -> Tensor { sums(of: scores).logNormalizer }
}
