import CKernels
public import Tensors

/// The sums over the derivations of a ``DerivationGraph``.
///
/// It keeps the probability of each edge given that its node is derived; everything else follows
/// from these, so that scores of any size lose no digits.
public struct DerivationChart: StructureChart {
  private let graph: DerivationGraph
  public let logNormalizers: [Double]
  /// The probability of each edge given its node, side by side; zero for all edges of an impossible
  /// node.
  private let chances: [Double]
  /// Numbers in a place of `chances`.
  private let lanes: Int

  /// Traps unless there is a score for each part of each row.
  init(_ graph: DerivationGraph, _ scores: [Double], rows: Int) {
    require((1...Self.mostRows).contains(rows), "\(rows) rows, expected 1 to \(Self.mostRows)")
    let lanes = rows == 1 ? 1 : Self.mostRows
    let scores = SideBySide(scores, rows: rows, places: graph.partCount, lanes: lanes)
    var sums = SideBySide(places: graph.nodeCount, lanes: lanes)
    let count = graph.edges.count * lanes
    chances = [Double](unsafeUninitializedCapacity: count) { chances, initialized in
      graph.withKernelGraph {
        dk_chart_inside(lanes, $0, scores.values, &sums.values, chances.baseAddress)
      }
      initialized = count
    }
    logNormalizers = (0..<rows).map {
      graph.nodeCount == 0 ? -.infinity : sums[graph.nodeCount - 1, $0]
    }
    self.graph = graph
    self.lanes = lanes
  }

  private var rows: Int { logNormalizers.count }

  /// The derivatives of the log-normalizers: in the logarithm of each node's sum, which without
  /// divisors is the probability that the node is derived, and in each part's score.
  private func outside() -> (masses: SideBySide, marginals: SideBySide) {
    var masses = SideBySide(places: graph.nodeCount, lanes: lanes)
    var marginals = SideBySide(places: graph.partCount, lanes: lanes)
    for row in 0..<rows where graph.nodeCount > 0 { masses[graph.nodeCount - 1, row] = 1 }
    graph.withKernelGraph {
      dk_chart_outside(lanes, $0, chances, &masses.values, &marginals.values)
    }
    return (masses, marginals)
  }

  public var marginals: [Double] { outside().marginals.rows(rows) }

  /// The probability of an edge given its node.
  func chance(of edge: Int, row: Int) -> Double { chances[edge * lanes + row] }

  public var entropies: [Double] {
    var entropies = [Double](repeating: 0, count: lanes)
    let masses = outside().masses
    graph.withKernelGraph { dk_chart_entropy(lanes, $0, chances, masses.values, &entropies) }
    return Array(entropies.prefix(rows))
  }

  public func covariance(times vectors: [Double]) -> [Double] {
    let vectors = SideBySide(vectors, rows: rows, places: graph.partCount, lanes: lanes)
    let masses = outside().masses
    var moves = SideBySide(places: graph.nodeCount, lanes: lanes)
    var (drifts, products) = (moves, SideBySide(places: graph.partCount, lanes: lanes))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: chances.count) { slopes in
      graph.withKernelGraph {
        dk_chart_covariance(
          lanes, $0, chances, masses.values, vectors.values, &moves.values, slopes.baseAddress,
          &drifts.values, &products.values)
      }
    }
    return products.rows(rows)
  }

  public func sample(row: Int, using generator: inout Philox) -> [Int] {
    graph.walk { node in
      let own = graph.edges(of: node)
      guard own.count > 1 else { return own.lowerBound }
      return own.lowerBound
        + generator.index(of: own.lazy.map { chances[$0 * lanes + row] })
    }
  }
}

extension DerivationGraph {
  /// The expected number of times that each part is derived, where each node is derived so many
  /// times on its own account and edges have the given probabilities.
  func marginals(of flows: [Double], chances: [Double]) -> [Double] {
    var masses = SideBySide(flows, rows: 1, places: nodeCount, lanes: 1)
    var marginals = SideBySide(places: partCount, lanes: 1)
    withKernelGraph { dk_chart_outside(1, $0, chances, &masses.values, &marginals.values) }
    return marginals.rows(1)
  }
}

/// Rows of numbers as the kernels of charts take them: place by place, the rows of a place side by
/// side, behind a place of zeros.
private struct SideBySide {
  var values: [Double]
  private let lanes: Int

  /// Zeros.
  init(places: Int, lanes: Int) {
    values = [Double](repeating: 0, count: (places + 1) * lanes)
    self.lanes = lanes
  }

  /// The numbers `rows * places`; lanes without a row hold zeros.
  ///
  /// Traps on another count.
  init(_ numbers: [Double], rows: Int, places: Int, lanes: Int) {
    require(
      numbers.count == rows * places,
      "\(numbers.count) numbers for \(places) places of \(rows) rows")
    self.init(places: places, lanes: lanes)
    values.withUnsafeMutableBufferPointer { values in
      numbers.withUnsafeBufferPointer { numbers in
        for place in 0..<places {
          for row in 0..<rows { values[(place + 1) * lanes + row] = numbers[row * places + place] }
        }
      }
    }
  }

  subscript(place: Int, row: Int) -> Double {
    get { values[(place + 1) * lanes + row] }
    set { values[(place + 1) * lanes + row] = newValue }
  }

  /// The numbers of the first rows, `rows * places`.
  func rows(_ count: Int) -> [Double] {
    let places = values.count / lanes - 1
    return [Double](unsafeUninitializedCapacity: count * places) { numbers, initialized in
      values.withUnsafeBufferPointer { values in
        for place in 0..<places {
          for row in 0..<count { numbers[row * places + place] = values[(place + 1) * lanes + row] }
        }
      }
      initialized = count * places
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
