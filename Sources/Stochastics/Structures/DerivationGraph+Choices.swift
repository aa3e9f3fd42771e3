import Tensors

// The draw of a derivation as independent choices: every node picks one of its edges, whether or
// not the derivation reaches it. All is done by operations that can be differentiated any number
// of times.

extension DerivationGraph {
  /// Nodes that do not depend on each other; each has as many places as the widest has edges.
  private struct Level {
    let nodes: [Int]
    let width: Int
  }

  /// Nodes by the longest way to them.
  private func levels() -> [Level] {
    var (depths, levels) = ([Int](), [[Int]]())
    for node in 0..<nodeCount {
      let depth =
        edges[edges(of: node)].map { edge in
          [edge.first, edge.second, edge.divisor].map { $0 < 0 ? 0 : depths[$0] + 1 }.max() ?? 0
        }.max() ?? 0
      depths.append(depth)
      if depth == levels.count { levels.append([]) }
      levels[depth].append(node)
    }
    return levels.map { nodes in
      Level(nodes: nodes, width: nodes.map { edges(of: $0).count }.max() ?? 0)
    }
  }

  /// The columns of a source that stand for the edges of a level, `[rows, nodes, width]`.
  ///
  /// - Parameter column: that of an edge by its number; of `nil`, that of a place without an edge.
  private func taken(
    _ source: Tensor, at level: Level, _ column: (Int?) -> Int
  ) -> Tensor {
    let places = level.nodes.flatMap { node -> [Int] in
      let own = edges(of: node).map { column($0) }
      return own + [Int](repeating: column(nil), count: level.width - own.count)
    }
    return source.gathering(Indices(places, shape: [places.count]), along: 1)
      .reshaped([source.shape[0], level.nodes.count, level.width])
  }

  /// Sums of columns of a source, `[rows, groups]`; column 0 holds zeros.
  private func summed(_ source: Tensor, over groups: [[Int]]) -> Tensor {
    let width = groups.map(\.count).max() ?? 0
    let places = groups.flatMap { $0 + [Int](repeating: 0, count: width - $0.count) }
    return source.gathering(Indices(places, shape: [places.count]), along: 1)
      .reshaped([source.shape[0], groups.count, width]).sum(along: 2)
  }

  /// The log-normalizers `[rows]` of scores `[rows, parts]`, and the log-probability of each edge
  /// given its node, `[rows, edges]`.
  func sums(of scores: Tensor) -> (logNormalizer: Tensor, logChances: Tensor) {
    let rows = scores.shape[0]
    // Two columns stand behind the scores and before the nodes: 0, the score of an edge's end that
    // it does not have, and -infinity, that of an edge that a node does not have.
    let fill = concatenate([.zeros([rows, 1]), .full(-.infinity, [rows, 1])], along: 1)
    let parts = concatenate([scores, fill], along: 1)
    var nodes = fill
    var columns = [Int](repeating: 0, count: nodeCount)
    var (chances, places, used) = ([Tensor](), [Int](repeating: 0, count: edges.count), 0)
    for level in levels() {
      func column(_ edge: Int?, _ end: (Edge) -> Int) -> Int {
        guard let edge else { return 1 }
        return end(edges[edge]) < 0 ? 0 : columns[end(edges[edge])]
      }
      let sums =
        taken(parts, at: level) { index in
          index.map { edges[$0].part < 0 ? partCount : edges[$0].part } ?? partCount + 1
        }
        + taken(nodes, at: level) { column($0, \.first) }
        + taken(nodes, at: level) { column($0, \.second) }
      let divisors = taken(nodes, at: level) { $0 == nil ? 0 : column($0, \.divisor) }
      let quotients = sums - select(divisors.detached().isFinite(), divisors, 0)
      let own = Indices(
        level.nodes.map { nodeParts[$0] < 0 ? partCount : nodeParts[$0] },
        shape: [level.nodes.count])
      let totals = quotients.logSumExp(along: 2)
      let finite = select(totals.detached().isFinite(), totals, 0).expandingDimensions(at: 2)
      for (place, node) in level.nodes.enumerated() {
        columns[node] = nodes.shape[1] + place
        for (offset, edge) in edges(of: node).enumerated() {
          places[edge] = used + place * level.width + offset
        }
      }
      used += level.nodes.count * level.width
      chances.append((quotients - finite).reshaped([rows, level.nodes.count * level.width]))
      nodes = concatenate([nodes, totals + parts.gathering(own, along: 1)], along: 1)
    }
    return (
      nodes.sliced(along: 1, at: columns[nodeCount - 1]),
      concatenate(chances, along: 1).gathering(Indices(places, shape: [places.count]), along: 1)
    )
  }

  /// The expected parts `[rows, parts]` where each node picks an edge by the softmax of their keys
  /// `[rows, edges]`.
  func marginals(ofKeys keys: Tensor) -> Tensor {
    let rows = keys.shape[0]
    let padded = concatenate([keys, .full(-.infinity, [rows, 1])], along: 1)
    var incoming = [[Int]](repeating: [], count: nodeCount)
    for node in 0..<nodeCount {
      for index in edges(of: node) {
        for tail in [edges[index].first, edges[index].second] where tail >= 0 {
          incoming[tail].append(index)
        }
      }
    }
    // No flow, and that into the root; then the flows through nodes and edges from the root down.
    var flows = concatenate([.zeros([rows, 1]), .ones([rows, 1])], along: 1)
    var columns = [Int](repeating: 0, count: edges.count)
    var parts = [[Int]](repeating: [], count: partCount)
    for level in levels().reversed() {
      let masses = summed(
        flows,
        over: level.nodes.map { node in
          incoming[node].map { columns[$0] } + (node == nodeCount - 1 ? [1] : [])
        })
      let shares = taken(padded, at: level) { $0 ?? edges.count }.softmax(along: 2)
      for (place, node) in level.nodes.enumerated() {
        let start = flows.shape[1]
        if nodeParts[node] >= 0 { parts[nodeParts[node]].append(start + place) }
        for (offset, edge) in edges(of: node).enumerated() {
          columns[edge] = start + level.nodes.count + place * level.width + offset
          if edges[edge].part >= 0 { parts[edges[edge].part].append(columns[edge]) }
        }
      }
      flows = concatenate(
        [
          flows, masses,
          (masses.expandingDimensions(at: 2) * shares)
            .reshaped([rows, level.nodes.count * level.width]),
        ], along: 1)
    }
    return summed(flows, over: parts)
  }

  /// The edges that a state's derivation takes, by node.
  ///
  /// Traps on parts that are not a state.
  func derivation(of parts: [Int]) -> [(node: Int, edge: Int)] {
    var scores = [Double](repeating: -.infinity, count: partCount)
    for part in parts { scores[part] = 0 }
    let best = bestEdges(of: scores)
    var taken: [(node: Int, edge: Int)] = []
    let found = walk { node in
      require(best[node] >= 0, "parts \(parts) are not a state")
      taken.append((node, best[node]))
      return best[node]
    }
    require(found.count == parts.count, "parts \(parts) are not a state")
    return taken
  }
}
