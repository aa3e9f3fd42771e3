import Formats

/// The number of ones, which is sought largest.
public struct OneMax: Problem {
  public let space: SearchSpace
  public let isMaximized = true

  public init(_ bits: Int) throws(SpaceError) { space = try SearchSpace(.bits(bits)) }

  public func value(_ point: Point) -> Double { Double(point.values.count { $0 == 1 }) }
}

/// The energy of a binary sequence: the sum of squares of its aperiodic autocorrelations.
///
/// - Complexity: O(n^2) for each point.
public struct LowAutocorrelation: Problem {
  public let space: SearchSpace
  public let isMaximized = false

  public init(_ bits: Int) throws(SpaceError) { space = try SearchSpace(.bits(bits)) }

  public func value(_ point: Point) -> Double {
    let bits = point.values
    var energy = 0
    for lag in bits.indices.dropFirst() {
      var agreements = 0
      for i in 0..<(bits.count - lag) { agreements += bits[i] == bits[i + lag] ? 1 : -1 }
      energy += agreements * agreements
    }
    return Double(energy)
  }
}

/// The number of ones before the first zero, which is sought largest.
struct LeadingOnes: Problem {
  let space: SearchSpace
  let isMaximized = true

  init(_ bits: Int) throws(SpaceError) { space = try SearchSpace(.bits(bits)) }

  func value(_ point: Point) -> Double { Double(point.values.prefix { $0 == 1 }.count) }
}

/// Blocks of four bits, each worth four when all are ones and otherwise the more the fewer there
/// are: single flips lead away from the best.
struct Trap: Problem {
  let space: SearchSpace
  let isMaximized = true

  private static let block = 4

  init(_ bits: Int) throws(SpaceError) { space = try SearchSpace(.bits(bits)) }

  func value(_ point: Point) -> Double {
    let values = point.values
    return stride(from: 0, to: values.count, by: Trap.block).reduce(0) { sum, start in
      let block = values[start..<min(start + Trap.block, values.count)]
      let ones = block.count { $0 == 1 }
      return sum + Double(ones == block.count ? ones : block.count - 1 - ones)
    }
  }
}

/// Bits at the nodes of a graph from a Gset file: the sum of the edges' weights, each times a
/// number for ends that are equal, or one for ends that differ.
struct EdgeSum: Problem {
  let space: SearchSpace
  let isMaximized: Bool
  private let graph: Gset
  private let (equal, different): (Double, Double)

  /// The weight of the edges between two halves, which is sought largest.
  static func maxCut(file path: String) throws -> EdgeSum {
    try EdgeSum(file: path, equal: 0, different: 1, isMaximized: true)
  }

  /// The energy of spins, one for 1 and minus one for 0, which the edges couple: the sum of
  /// `-weight * first * second`.
  static func ising(file path: String) throws -> EdgeSum {
    try EdgeSum(file: path, equal: -1, different: 1, isMaximized: false)
  }

  private init(file path: String, equal: Double, different: Double, isMaximized: Bool) throws {
    graph = try Gset(path)
    space = try SearchSpace(.bits(graph.size))
    (self.equal, self.different, self.isMaximized) = (equal, different, isMaximized)
  }

  func value(_ point: Point) -> Double {
    graph.edges.reduce(0) { sum, edge in
      let isEqual = point.values[edge.first] == point.values[edge.second]
      return sum + (isEqual ? equal : different) * edge.weight
    }
  }
}

/// The weight of the clauses that do not hold, from a DIMACS file; infinite where a hard one does
/// not.
struct MaxSatisfiability: Problem {
  let space: SearchSpace
  let isMaximized = false
  private let formula: DIMACS

  init(file path: String) throws {
    formula = try DIMACS(path)
    space = try SearchSpace(.bits(formula.variables))
  }

  func value(_ point: Point) -> Double {
    formula.clauses.reduce(0) { sum, clause in
      let holds = clause.literals.contains { (point.values[abs($0) - 1] == 1) == ($0 > 0) }
      return holds ? sum : sum + (clause.weight ?? .infinity)
    }
  }
}
