import Formats
import Runs
import TestSupport
import Testing

@testable import Optimization

struct ProblemTests {
  private static func problem(_ name: String, _ text: String) throws -> any Problem {
    try withTemporaryFolder { folder in
      try write(Array(text.utf8), to: folder + "/file")
      return try ProblemCatalogue.make("\(name):\(folder)/file", over: nil)
    }
  }

  private static func value(_ problem: any Problem, _ point: String) throws -> Double {
    problem.value(try problem.space.point(of: point))
  }

  private static func solve(_ problem: any Problem, to value: Double, budget: Int) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let count = try SearchMethodTests.evaluations(
        problem, "local", to: value, seed: seed, budget: budget)
      #expect(count != nil, "seed \(seed)")
    }
  }

  /// The fourteen states of Burma, whose shortest trip has 3323 kilometers.
  private static let burma = """
    NAME: burma14
    TYPE: TSP
    DIMENSION: 14
    EDGE_WEIGHT_TYPE: GEO
    NODE_COORD_SECTION
     1 16.47 96.10
     2 16.47 94.44
     3 20.09 92.54
     4 22.39 93.37
     5 25.23 97.24
     6 22.00 96.05
     7 20.47 97.02
     8 17.20 96.29
     9 16.30 97.38
    10 14.05 98.12
    11 16.53 97.38
    12 21.52 95.59
    13 19.41 97.13
    14 20.09 94.55
    EOF
    """

  @Test func burmaIsToured() throws {
    let problem = try ProblemTests.problem("tsp", ProblemTests.burma)
    try ProblemTests.solve(problem, to: 3323, budget: 20_000)
  }

  @Test func explicitWeightsAreReadInEveryOrder() throws {
    let head = "DIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: "
    for (format, weights) in [
      ("FULL_MATRIX", "0 1 2\n1 0 4\n2 4 0"), ("UPPER_ROW", "1 2 4"),
      ("UPPER_DIAG_ROW", "0 1 2 0 4 0"), ("LOWER_DIAG_ROW", "0\n1 0\n2 4 0"),
    ] {
      let problem = try ProblemTests.problem(
        "tsp", "\(head)\(format)\nEDGE_WEIGHT_SECTION\n\(weights)\nEOF\n")
      #expect(try ProblemTests.value(problem, "0,1,2") == 7)
    }
  }

  @Test func assignmentsCutsAndClausesHaveTheirValues() throws {
    let assignment = try ProblemTests.problem("qap", "2\n0 3\n5 0\n\n0 1\n10 0\n")
    #expect(try ProblemTests.value(assignment, "0,1") == 53)
    #expect(try ProblemTests.value(assignment, "1,0") == 35)
    let cut = try ProblemTests.problem("maxcut", "3 3\n1 2 1\n2 3 5\n1 3 -2\n")
    #expect(try ProblemTests.value(cut, "010") == 6)
    let clauses = try ProblemTests.problem("maxsat", "c a\np cnf 2 3\n1 2 0\n-1 0 -2\n0\n")
    #expect(try ["00", "10", "11"].map { try ProblemTests.value(clauses, $0) } == [1, 1, 2])
    let hard = try ProblemTests.problem("maxsat", "p wcnf 2 2 9\n9 1 0\n4 -1 2 0\n")
    #expect(try ["00", "10", "11"].map { try ProblemTests.value(hard, $0) } == [.infinity, 4, 0])
    #expect(try LeadingOnes(4).value(Point([1, 1, 0, 1])) == 2)
    #expect(try Trap(8).value(Point([1, 1, 1, 1, 0, 0, 0, 1])) == 6)
  }

  @Test(arguments: [
    (
      "qap", "2\n0 3\n5 0\n0 1\n10",
      "line 5: the file ends, expected entry 4 of 4 of the second matrix"
    ),
    ("qap", "2\n0 3\n5 x\n", "line 3: 'x', expected entry 4 of 4 of the first matrix, a number"),
    ("qap", "1\n0\n0\n7", "line 4: '7' after two matrices of 1 x 1"),
    ("maxcut", "3 2\n1 2 1\n", "line 2: the file ends, expected a node of edge 2 of 2"),
    (
      "maxcut", "3 1\n1 4 1\n",
      "line 2: '4', expected a node of edge 1 of 1, a whole number from 1 to 3"
    ),
    ("maxsat", "p cnf 2 1\n1 3 0\n", "line 2: '3', expected a literal of clause 1 of 1"),
    ("maxsat", "p sat 2 1\n", "line 1: 'sat', expected cnf or wcnf"),
    ("tsp", "DIMENSION: x\n", "DIMENSION is x, expected 1 to 4096"),
    (
      "tsp", "DIMENSION: 2\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\nEOF\n",
      "line 4: the file ends, expected node 2 of 2"
    ),
  ])
  func aWrongFileIsNamedWithItsLine(_ name: String, _ text: String, _ part: String) throws {
    let error = #expect(throws: FormatError.self) { try ProblemTests.problem(name, text) }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }
}
