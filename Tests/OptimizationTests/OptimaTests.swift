import Formats
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Optimization

/// Optima that are known or found by enumeration, reached within stated budgets from every seed.
struct OptimaTests {
  private static let seeds: ClosedRange<UInt64> = 1...20

  private static func expectOptimum(
    _ value: Double, of problem: some Problem, within budget: Int, _ label: String
  ) throws {
    for seed in seeds {
      let count = try SearchMethodTests.evaluations(
        problem, SearchMethod.standard, to: value, seed: seed, budget: budget)
      #expect(count != nil, "\(label), seed \(seed)")
    }
  }

  private static func shipped(_ name: String) -> String {
    SourceTree.root.appending(path: "Examples/Problems/\(name)").path
  }

  /// The lowest energies of 3 bits and more.
  private static let energies: [Double] = [1, 2, 2, 7, 3, 8, 12, 13, 5, 10, 6, 19, 15, 24]

  /// Spaces of this size hold no more points than the budget.
  @Test(arguments: 3...13) func shortSequencesReachTheirLowestEnergy(_ bits: Int) throws {
    try OptimaTests.expectOptimum(
      OptimaTests.energies[bits - 3], of: LowAutocorrelation(bits), within: 1 << bits,
      "\(bits) bits")
  }

  @Test func sixteenBitsReachTheirLowestEnergy() throws {
    try OptimaTests.expectOptimum(24, of: LowAutocorrelation(16), within: 10_000, "16 bits")
  }

  @Test func twelveFacilitiesAreAssigned() throws {
    try OptimaTests.expectOptimum(
      578, of: QuadraticAssignment(file: OptimaTests.shipped("nug12.dat")), within: 60_000, "nug12")
  }

  @Test func burmaIsToured() throws {
    try OptimaTests.expectOptimum(
      3323, of: TravelingSalesman(file: OptimaTests.shipped("burma14.tsp")), within: 10_000,
      "burma14")
  }

  // MARK: Elections

  /// The fewest disagreements of any order, over the sets of items that stand in front.
  private static func fewestDisagreements(_ problem: KemenyConsensus) -> Double {
    let count = problem.space.parts[0].kind.length
    var prices = [Double](repeating: 0, count: count * count)
    for first in 0..<count {
      for second in 0..<count where first != second {
        prices[first * count + second] = problem.disagreements(of: first, before: second)
      }
    }
    var best = [Double](repeating: .infinity, count: 1 << count)
    best[0] = 0
    for front in best.indices {
      for item in 0..<count where front >> item & 1 == 0 {
        var price = best[front]
        for other in 0..<count where front >> other & 1 == 0 {
          price += prices[item * count + other]
        }
        best[front | 1 << item] = min(best[front | 1 << item], price)
      }
    }
    return best[best.count - 1]
  }

  private static let elections: [String] =
    [
      "00001-irish/00001-00000001.soi", "00001-irish/00001-00000002.soi",
      "00001-irish/00001-00000003.soi",
    ] + (1...4).map { "00024-dots/00024-0000000\($0).soc" }
    + (1...12).map { "00028-apa/00028-000000\($0 < 10 ? "0" : "")\($0).soi" }
    + (2...7).map { "00035-breakfast/00035-0000000\($0).soc" }

  @Test(
    "consensus of real elections is that of the exact sum over sets",
    .enabled(
      if: FileManager.default.fileExists(atPath: realDataFolder + "/preflib"),
      "there are no elections of PrefLib beside the package"), arguments: elections)
  func electionsReachTheirConsensus(_ name: String) throws {
    let problem = try KemenyConsensus(file: "\(realDataFolder)/preflib/\(name)")
    try OptimaTests.expectOptimum(
      OptimaTests.fewestDisagreements(problem), of: problem, within: 10_000, name)
  }

  // MARK: Clauses

  /// The value of all points of 20 variables, least first.
  private static func fewestBroken(_ clauses: [[Int]]) -> Double {
    var least = Int.max
    for point in 0..<(1 << 20) {
      var broken = 0
      for clause in clauses {
        // A literal is one more than twice its variable where it is negated.
        if clause.allSatisfy({ (point >> ($0 >> 1) ^ $0) & 1 == 0 }) { broken += 1 }
        if broken >= least { break }
      }
      least = min(least, broken)
    }
    return Double(least)
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func clausesOfTwentyVariablesAreBrokenAsRarelyAsCanBe(_ seed: UInt64) throws {
    var generator = Philox(seed: seed)
    let clauses = (0..<120).map { _ in
      var variables: [Int] = []
      while variables.count < 3 {
        let variable = Int.random(in: 0..<20, using: &generator)
        if !variables.contains(variable) { variables.append(variable) }
      }
      return variables.map { 2 * $0 + Int.random(in: 0..<2, using: &generator) }
    }
    let lines = clauses.map { clause in
      clause.map { "\(($0 >> 1 + 1) * ($0 & 1 == 0 ? 1 : -1)) " }.joined() + "0"
    }
    try withTemporaryFolder { folder in
      let text = (["p cnf 20 120"] + lines).joined(separator: "\n") + "\n"
      try write(Array(text.utf8), to: folder + "/clauses.cnf")
      let problem = try MaxSatisfiability(file: folder + "/clauses.cnf")
      try OptimaTests.expectOptimum(
        OptimaTests.fewestBroken(clauses), of: problem, within: 5000, "clauses \(seed)")
    }
  }
}
