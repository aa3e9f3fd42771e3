import Formats
import Runs
import TestSupport
import Testing

@testable import Optimization

struct ProblemTests {
  private static func problem(
    _ name: String, _ text: String, over kind: SpacePart.Kind? = nil, end: String = ""
  ) throws -> any Problem {
    try withTemporaryFolder { folder in
      try write(Array(text.utf8), to: folder + "/file" + end)
      return try ProblemCatalogue.make(
        "\(name):\(folder)/file\(end)", over: kind.map { try SearchSpace($0) })
    }
  }

  private static func value(_ problem: any Problem, _ point: String) throws -> Double {
    problem.value(try problem.space.point(of: point))
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

  @Test func spinsElectionsAndColumnsHaveTheirValues() throws {
    let spins = try ProblemTests.problem("ising", "3 3\n1 2 1\n2 3 5\n1 3 -2\n")
    #expect(try ProblemTests.value(spins, "010") == 8)
    #expect(try ProblemTests.value(spins, "111") == -4)
    let election = try ProblemTests.problem("kemeny", "a,b,c\nb,a\nb,c,a\n", end: ".csv")
    // Two of three voters prefer b to a, two a to c, and all b to c.
    #expect(
      try ["1,0,2", "0,1,2", "2,0,1"].map { try ProblemTests.value(election, $0) } == [2, 3, 7])
    // The last column is the first, the second and twice the third.
    let table = "x,y,z,w\n1,1,0,2\n0,-1,1,1\n-1,0,2,3\n-1,-1,-3,-8\n1,1,0,2\n"
    let columns = try ProblemTests.problem("regression", table, over: .subset(size: 3, items: 3))
    #expect(abs(try ProblemTests.value(columns, "0,1,2")) < 1e-9)
    let two = try ProblemTests.problem("regression", table, over: .subset(size: 2, items: 3))
    for (point, squares) in [("0,1", 360.0 / 7), ("0,2", 18.0 / 11), ("1,2", 45.0 / 26)] {
      #expect(abs(try ProblemTests.value(two, point) - squares) < 1e-9)
    }
    let one = try ProblemTests.problem(
      "regression", "1,3,1\n2,3,3\n3,3,2\n", over: .subset(size: 1, items: 2))
    // A slope of a half leaves 1.5 of the 2 squares; a column of one value leaves all.
    for (point, squares) in [("0", 1.5), ("1", 2)] {
      #expect(abs(try ProblemTests.value(one, point) - squares) < 1e-9)
    }
    let error = #expect(throws: Failure.self) {
      try ProblemTests.problem("regression", table, over: .subset(size: 1, items: 4))
    }
    #expect(error?.description.hasSuffix("over subsets of 3 columns, as in --subset 2/3") == true)
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
    ("ising", "x\n", "line 1: 'x', expected the number of nodes, a whole number from 1 to 65536"),
    ("kemeny", "a,b\n", "the name ends in none of .soc, .soi, .toc, .toi and .csv"),
    ("regression", "a,b\n1,2\n1\n", "line 3: 1 fields, expected 2"),
    ("regression", "a,b\n1,2\n1,x\n", "line 3: 'x' in column 2, expected a number"),
    ("regression", "a,b\n", "holds no rows of numbers"),
    ("regression", "1\n2\n", "one column, expected some and then what they explain"),
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
