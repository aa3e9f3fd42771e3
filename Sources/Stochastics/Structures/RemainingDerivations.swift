import RealModule
import Tensors

/// The law of the derivations of a graph given that they are none of some.
///
/// A derivation leaves the excluded ones at its first edge that none of them takes after the same
/// edges. Masses are sums over the ways to leave them, never one less the mass of those: what is
/// excluded may hold all but 1e-300 of it.
struct RemainingDerivations {
  private let graph: DerivationGraph
  /// The log-probability of each edge given its node.
  private let logs: [Double]
  /// The edges of the excluded derivations, in the order of a walk.
  private let excluded: [[Int]]
  private let tree: PrefixTree
  /// The nodes still to be derived after each prefix, the next one last.
  private let pending: [[Int]]
  /// The log-probability, given each prefix, that what follows is not excluded.
  private let masses: [Double]

  init(_ graph: DerivationGraph, scores: [Double], excluding states: [[Int]]) {
    let logs = graph.logShares(of: scores, total: logSumExp)
    let excluded = states.map { graph.derivation(of: $0).map(\.edge) }
    let tree = PrefixTree(excluded.map { $0.map { Int32($0) } })
    var pending = [[Int]](repeating: [graph.nodeCount - 1], count: tree.nodes.count)
    for (place, node) in tree.nodes.enumerated() {
      for (edge, child) in node.children {
        pending[child] = graph.pending(pending[place], taking: Int(edge))
      }
    }
    var masses = [Double](repeating: -.infinity, count: tree.nodes.count)
    for (place, node) in tree.nodes.enumerated().reversed() {
      guard let next = pending[place].last else { continue }
      masses[place] = logSumExp(
        graph.edges(of: next).map { edge in
          logs[edge] + (node.children[Int32(edge)].map { masses[$0] } ?? 0)
        })
    }
    (self.graph, self.logs, self.excluded, self.tree) = (graph, logs, excluded, tree)
    (self.pending, self.masses) = (pending, masses)
  }

  /// The log-probability that a derivation is none of the excluded ones.
  var logMass: Double { min(0, masses[0]) }

  /// The prefix that is one edge longer, `nil` where the excluded ones are left.
  private func next(_ place: Int, _ edge: Int) -> Int? { tree.nodes[place].children[Int32(edge)] }

  /// The probability of an edge after a prefix, given that the derivation is not excluded.
  private func chance(of edge: Int, after place: Int) -> Double {
    .exp(logs[edge] + (next(place, edge).map { masses[$0] } ?? 0) - masses[place])
  }

  /// The parts of a sample; there must be a mass.
  func sample(using generator: inout Philox) -> [Int] {
    var place: Int? = 0
    return graph.walk { node in
      let own = graph.edges(of: node)
      let edge =
        own.lowerBound
        + generator.index(
          of: own.map { edge in
            place.map { chance(of: edge, after: $0) } ?? .exp(logs[edge])
          })
      place = place.flatMap { next($0, edge) }
      return edge
    }
  }

  /// The probability of each part; there must be a mass.
  ///
  /// - Complexity: O(edges), and the nodes that are pending at each prefix.
  var marginals: [Double] {
    var shares = [Double](repeating: 0, count: tree.nodes.count)
    var flows = [Double](repeating: 0, count: graph.nodeCount)
    var parts = [Double](repeating: 0, count: graph.partCount)
    shares[0] = 1
    for place in shares.indices where shares[place] > 0 {
      guard let node = pending[place].last else { continue }
      var left = 0.0
      if graph.nodeParts[node] >= 0 { parts[graph.nodeParts[node]] += shares[place] }
      for edge in graph.edges(of: node) {
        let share = shares[place] * chance(of: edge, after: place)
        let part = graph.edges[edge].part
        if part >= 0 { parts[part] += share }
        if let child = next(place, edge) {
          shares[child] = share
        } else {
          left += share
          for tail in graph.pending([node], taking: edge) { flows[tail] += share }
        }
      }
      for node in pending[place].dropLast() { flows[node] += left }
    }
    let below = graph.marginals(of: flows, chances: logs.map { .exp($0) })
    return zip(parts, below).map { $0 + $1 }
  }

  /// The log-mass `[1]` by operations that can be differentiated any number of times, of scores
  /// `[1, parts]`.
  func logMass(of scores: Tensor) -> Tensor {
    let chances = graph.sums(of: scores).logChances
    let padded = concatenate([chances, .zeros([1, 1])], along: 1)
    // Sums of each excluded derivation's edges before its first, its second and so on: from the
    // zero behind the edges, which fills up the shorter ones too.
    let steps = (excluded.map(\.count).max() ?? 0) + 1
    let paths = (excluded.isEmpty ? [[]] : excluded).flatMap { path in
      let fill = [Int](repeating: logs.count, count: steps)
      return Array(([logs.count] + path + fill).prefix(steps))
    }
    let prefixes = padded.gathering(Indices(paths, shape: [paths.count]), along: 1)
      .reshaped([paths.count / steps, steps]).cumulativeSum(along: 1)
      .reshaped([1, paths.count])
    var (places, edges) = ([Int](), [Int]())
    for (place, node) in tree.nodes.enumerated() {
      guard let next = pending[place].last else { continue }
      for edge in graph.edges(of: next) where self.next(place, edge) == nil {
        places.append(node.state * steps + node.depth)
        edges.append(edge)
      }
    }
    let leaving = Indices(edges, shape: [edges.count])
    return
      (prefixes.gathering(Indices(places, shape: [places.count]), along: 1)
      + chances.gathering(leaving, along: 1)).logSumExp(along: 1)
  }
}
