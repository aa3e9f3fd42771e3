extension DerivationGraph {
  /// How much of its node's total each edge makes up, as a logarithm: the sum of scores by the edge
  /// less the total of all edges; -infinity where the edge is impossible.
  ///
  /// With the log-sum for the total these are the log-probabilities of edges given their nodes, of
  /// which none underflows; with the largest they say how far the best derivation by each edge is
  /// behind the best of the node.
  func logShares(of scores: [Double], total: ([Double]) -> Double) -> [Double] {
    var nodes = [Double](repeating: -.infinity, count: nodeCount)
    var shares = [Double](repeating: -.infinity, count: edges.count)
    for node in 0..<nodeCount {
      let own = edges(of: node)
      let sums = own.map { score(of: edges[$0], scores, nodes) }
      let sum = total(sums)
      guard sum > -.infinity else { continue }
      for (edge, value) in zip(own, sums) { shares[edge] = value - sum }
      nodes[node] = nodeParts[node] < 0 ? sum : sum + scores[nodeParts[node]]
    }
    return shares
  }

  /// The nodes still to be derived once the last of `nodes` has taken an edge, the next one last.
  func pending(_ nodes: [Int], taking edge: Int) -> [Int] {
    nodes.dropLast() + [edges[edge].second, edges[edge].first].filter { $0 >= 0 }
  }

  /// The parts of the `count` best derivations, best first, or of all where there are fewer.
  ///
  /// A stochastic beam from the root down: a partial derivation is what has been taken, and the
  /// nodes that are still to be derived. One that is whole stays as it is until all are.
  ///
  /// - Parameter logs: shares of edges in their nodes. Log-probabilities with noise make the
  ///   derivations a sample without replacement. Distances to the best without noise make each
  ///   partial derivation as good as the best that it leads to, so that none of the best is lost.
  func best(_ count: Int, by logs: [Double], gumbel: (() -> Double)?) -> [[Int]] {
    var beam = StochasticBeam(gumbel: gumbel)
    var pending = [choosing([nodeCount - 1])]
    while pending.contains(where: { !$0.isEmpty }) {
      let parents = beam.extend(keeping: count) { place, _ in
        pending[place].last.map { Array(logs[edges(of: $0)]) } ?? [0]
      }
      pending = zip(parents, beam.partials).map { parent, partial in
        let nodes = pending[parent]
        guard let node = nodes.last, let choice = partial.classes.last else { return nodes }
        return choosing(self.pending(nodes, taking: edges(of: node).lowerBound + Int(choice)))
      }
    }
    return beam.partials.map { partial in
      var choices = partial.classes[...]
      return walk { node in
        let own = edges(of: node)
        return own.lowerBound + (own.count > 1 ? Int(choices.popFirst() ?? 0) : 0)
      }
    }
  }

  /// Pending nodes after those with a single edge have taken it.
  private func choosing(_ nodes: [Int]) -> [Int] {
    var nodes = nodes
    while let node = nodes.last, edges(of: node).count == 1 {
      nodes = pending(nodes, taking: edges(of: node).lowerBound)
    }
    return nodes
  }
}
