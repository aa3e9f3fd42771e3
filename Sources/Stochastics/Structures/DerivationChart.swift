import RealModule
public import Tensors

/// The sums over the derivations of a ``DerivationGraph``.
///
/// It keeps the probability of each edge given that its node is derived; everything else follows
/// from these, so that scores of any size lose no digits.
public struct DerivationChart: StructureChart {
  private let graph: DerivationGraph
  public let logNormalizer: Double
  /// The probability of each edge given its node; zero for all edges of an impossible node.
  private let chances: [Double]

  init(_ graph: DerivationGraph, _ scores: [Double]) {
    require(
      scores.count == graph.partCount, "\(scores.count) scores of \(graph.partCount) parts")
    (logNormalizer, chances) = graph.inside(scores)
    self.graph = graph
  }

  /// The derivative of the log-normalizer in the logarithm of each node's sum: the probability that
  /// the node is derived, in a graph without divisors.
  private var masses: [Double] { graph.outside(chances).masses }

  public var marginals: [Double] { graph.outside(chances).marginals }

  /// The probability of each edge at the root.
  var rootChances: [Double] { graph.edges(of: graph.nodeCount - 1).map { chances[$0] } }

  public var entropy: Double {
    zip(0..<graph.nodeCount, masses).reduce(0) { sum, pair in
      let (node, mass) = pair
      guard mass > 0 else { return sum }
      return graph.edges(of: node).reduce(sum) { sum, index in
        chances[index] > 0 ? sum - mass * chances[index] * .log(chances[index]) : sum
      }
    }
  }

  /// The derivative of the marginals where scores move along the vector.
  public func covariance(times vector: [Double]) -> [Double] {
    require(
      vector.count == graph.partCount, "a vector of \(vector.count) for \(graph.partCount) parts")
    // How the logarithm of each node's sum moves, and each edge's probability.
    var moves = [Double](repeating: 0, count: graph.nodeCount)
    var slopes = [Double](repeating: 0, count: chances.count)
    for node in 0..<graph.nodeCount {
      let own = graph.edges(of: node)
      var mean = 0.0
      for index in own where chances[index] > 0 {
        slopes[index] = graph.score(of: graph.edges[index], vector, moves)
        mean += chances[index] * slopes[index]
      }
      for index in own { slopes[index] = chances[index] * (slopes[index] - mean) }
      moves[node] = mean
      if graph.nodeParts[node] >= 0 { moves[node] += vector[graph.nodeParts[node]] }
    }
    let masses = masses
    var drifts = [Double](repeating: 0, count: graph.nodeCount)
    var result = [Double](repeating: 0, count: graph.partCount)
    for node in (0..<graph.nodeCount).reversed() where masses[node] != 0 || drifts[node] != 0 {
      if graph.nodeParts[node] >= 0 { result[graph.nodeParts[node]] += drifts[node] }
      for index in graph.edges(of: node) {
        let edge = graph.edges[index]
        let drift = drifts[node] * chances[index] + masses[node] * slopes[index]
        if edge.part >= 0 { result[edge.part] += drift }
        if edge.first >= 0 { drifts[edge.first] += drift }
        if edge.second >= 0 { drifts[edge.second] += drift }
        if edge.divisor >= 0 { drifts[edge.divisor] -= drift }
      }
    }
    return result
  }

  public func sample(using generator: inout Philox) -> [Int] {
    graph.walk { node in
      let own = graph.edges(of: node)
      return own.count > 1
        ? own.lowerBound + generator.index(of: chances[own]) : own.lowerBound
    }
  }
}

extension Philox {
  /// An offset into probabilities that add up to one, but for rounding; never that of a zero.
  mutating func index(of chances: some Collection<Double>) -> Int {
    var (rest, last) = (uniform(), 0)
    for (offset, chance) in chances.enumerated() where chance > 0 {
      last = offset
      rest -= chance
      if rest < 0 { break }
    }
    return last
  }
}
