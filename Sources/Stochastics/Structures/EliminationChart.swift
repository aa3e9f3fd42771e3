public import Tensors

/// The sums over the trees of an ``Elimination``.
public struct EliminationChart: StructureChart {
  private let engine: Elimination
  private let scores: [Double]
  public let logNormalizers: [Double]
  private let weights: EliminatedWeights
  /// The rows for which only logarithms will do, and their sums.
  private let rest: (rows: [Int], chart: DerivationChart)?

  init(_ engine: Elimination, _ scores: [Double], rows: Int) {
    require(
      scores.count == rows * engine.partCount,
      "\(scores.count) scores of \(engine.partCount) parts in \(rows) rows")
    self.engine = engine
    self.scores = scores
    weights = EliminatedWeights(
      scores, rows: rows, arcs: engine.arcs, partCount: engine.partCount)
    var logs = weights.logNormalizers
    let left = logs.indices.filter { !logs[$0].isFinite }
    if left.isEmpty {
      rest = nil
    } else {
      let own = left.flatMap { scores[engine.line($0)] }
      let chart = engine.sums.chart(of: own, rows: left.count)
      for (row, log) in zip(left, chart.logNormalizers) { logs[row] = log }
      rest = (left, chart)
    }
    logNormalizers = logs
  }

  /// The probability of each part, which a difference may leave below zero by rounding.
  public var marginals: [Double] {
    var marginals = lines {
      weights.addMarginals(of: $0, to: $1)
    } byLogarithms: {
      $0.marginals
    }
    marginals.withUnsafeMutableBufferPointer { marginals in
      for place in marginals.indices { marginals[place] = max(0, marginals[place]) }
    }
    return marginals
  }

  public var entropies: [Double] {
    let marginals = marginals
    return logNormalizers.enumerated().map { row, log in
      let sum = engine.line(row).reduce(log) { sum, place in
        marginals[place] > 0 ? sum - marginals[place] * scores[place] : sum
      }
      return max(0, sum)
    }
  }

  public func covariance(times vectors: [Double]) -> [Double] {
    require(vectors.count == scores.count, "\(vectors.count) numbers for \(scores.count) parts")
    return vectors.withUnsafeBufferPointer { numbers in
      lines { row, products in
        guard let base = numbers.baseAddress else { return }
        weights.addCovariance(
          of: row, times: base + engine.line(row).lowerBound, to: products)
      } byLogarithms: { chart in
        chart.covariance(times: rest?.rows.flatMap { vectors[engine.line($0)] } ?? [])
      }
    }
  }

  /// A number for each part of each row.
  ///
  /// - Parameters:
  ///   - byWeights: adds those of a row to zeros.
  ///   - byLogarithms: gives those of the other rows.
  private func lines(
    byWeights: (Int, UnsafeMutablePointer<Double>) -> Void,
    byLogarithms: (DerivationChart) -> [Double]
  ) -> [Double] {
    var result = [Double](repeating: 0, count: scores.count)
    result.withUnsafeMutableBufferPointer { result in
      guard let base = result.baseAddress else { return }
      for row in logNormalizers.indices where weights.logNormalizers[row].isFinite {
        byWeights(row, base + engine.line(row).lowerBound)
      }
      guard let rest else { return }
      let numbers = byLogarithms(rest.chart)
      for (place, row) in rest.rows.enumerated() {
        for (target, source) in zip(engine.line(row), engine.line(place)) {
          base[target] = numbers[source]
        }
      }
    }
    return result
  }

  public func sample(row: Int, using generator: inout Philox) -> [Int] {
    let isWeighed = weights.logNormalizers[row].isFinite
    return engine.sample(
      scores[engine.line(row)], child: child(of: row, using: &generator),
      chances: isWeighed ? weights.chances(of: row) : nil, using: &generator)
  }

  /// The only child of the root, 0 where it may have several.
  private func child(of row: Int, using generator: inout Philox) -> Int {
    guard engine.roots == .one, engine.vertexCount > 1 else { return 0 }
    if let rest, let place = rest.rows.firstIndex(of: row) {
      let root = engine.sums.edges(of: engine.sums.nodeCount - 1)
      return 1 + generator.index(of: root.lazy.map { rest.chart.chance(of: $0, row: place) })
    }
    var marginals = [Double](repeating: 0, count: engine.partCount)
    weights.addMarginals(of: row, to: &marginals)
    return 1
      + generator.index(of: (1..<engine.vertexCount).lazy.map { marginals[engine.arcs[0, $0]] })
  }
}

extension Elimination {
  /// The places of a row among those of several.
  fileprivate func line(_ row: Int) -> Range<Int> { (row * partCount)..<((row + 1) * partCount) }
}
