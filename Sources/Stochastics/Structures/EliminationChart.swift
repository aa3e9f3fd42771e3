public import Tensors

/// The sums over the trees of an ``Elimination``.
public struct EliminationChart: StructureChart {
  private let engine: Elimination
  private let scores: [Double]
  public let logNormalizers: [Double]
  /// The elimination of weights; `nil` where the root has one child.
  private let weights: EliminatedWeights?
  /// The rows for which only logarithms will do, and their sums.
  private let rest: (rows: [Int], chart: DerivationChart)?

  init(_ engine: Elimination, _ scores: [Double], rows: Int) {
    require(
      scores.count == rows * engine.partCount,
      "\(scores.count) scores of \(engine.partCount) parts in \(rows) rows")
    self.engine = engine
    self.scores = scores
    weights = engine.weights(of: scores, rows: rows)
    var logs = weights?.logNormalizers ?? [Double](repeating: .nan, count: rows)
    let left = logs.indices.filter { !logs[$0].isFinite }
    if left.isEmpty {
      rest = nil
    } else {
      let own = left.flatMap { scores[($0 * engine.partCount)..<(($0 + 1) * engine.partCount)] }
      let chart = engine.sums.chart(of: own, rows: left.count)
      for (row, log) in zip(left, chart.logNormalizers) { logs[row] = log }
      rest = (left, chart)
    }
    logNormalizers = logs
  }

  /// The probability of each part, which a difference may leave below zero by rounding.
  public var marginals: [Double] {
    let parts = engine.partCount
    var result = [Double](repeating: 0, count: scores.count)
    result.withUnsafeMutableBufferPointer { result in
      guard let base = result.baseAddress else { return }
      if let weights {
        for row in logNormalizers.indices where weights.logNormalizers[row].isFinite {
          weights.addMarginals(of: row, to: base + row * parts)
        }
      }
      if let rest {
        let marginals = rest.chart.marginals
        for (place, row) in rest.rows.enumerated() {
          for part in 0..<parts { base[row * parts + part] = marginals[place * parts + part] }
        }
      }
      for place in result.indices { base[place] = max(0, base[place]) }
    }
    return result
  }

  public var entropies: [Double] {
    let (marginals, parts) = (marginals, engine.partCount)
    return logNormalizers.enumerated().map { row, log in
      let sum = (row * parts..<(row + 1) * parts).reduce(log) { sum, place in
        marginals[place] > 0 ? sum - marginals[place] * scores[place] : sum
      }
      return max(0, sum)
    }
  }

  public func covariance(times vectors: [Double]) -> [Double] {
    engine.sums.chart(of: scores, rows: logNormalizers.count).covariance(times: vectors)
  }

  public func sample(row: Int, using generator: inout Philox) -> [Int] {
    let own = scores[(row * engine.partCount)..<((row + 1) * engine.partCount)]
    let chances = weights?.logNormalizers[row].isFinite == true ? weights?.chances(of: row) : nil
    return engine.sample(
      own, child: child(of: row, using: &generator), chances: chances, using: &generator)
  }

  /// The only child of the root, 0 where it may have several.
  private func child(of row: Int, using generator: inout Philox) -> Int {
    guard engine.roots == .one, let rest, let place = rest.rows.firstIndex(of: row) else {
      return 0
    }
    let root = engine.sums.edges(of: engine.sums.nodeCount - 1)
    return 1 + generator.index(of: root.lazy.map { rest.chart.chance(of: $0, row: place) })
  }
}
