import Experiments
import Foundation
import Runs
import Stochastics
import Tensors
import TestSupport
import Testing

/// Structures with names, their exact gradients against sums over states that are listed here.
struct StructuredLawTests {
  /// The central difference of E[cost] over states by hand, in double precision.
  private static func slopes(
    states: [[Int]], scores: [Double], cost: ([Int]) -> Double
  ) -> [Double] {
    func mean(_ scores: [Double]) -> Double {
      let odds = states.map { exp($0.reduce(0) { $0 + scores[$1] }) }
      return zip(states, odds).reduce(0) { $0 + cost($1.0) * $1.1 } / odds.reduce(0, +)
    }
    return scores.indices.map { part in
      var (up, down) = (scores, scores)
      up[part] += 1e-5
      down[part] -= 1e-5
      return (mean(up) - mean(down)) / 2e-5
    }
  }

  /// A law of a problem file with its states by hand, in the documented order of parts.
  private static let documented: [(name: String, shape: [Int], parts: Int, states: [[Int]])] = [
    // Label k of step t at 2 t + k, the pair (j, k) at 4 + 2 j + k.
    ("chain", [2, 2], 8, (0..<4).map { [$0 / 2, 2 + $0 % 2, 4 + $0] }),
    // Labels of three steps, then the pairs between the first two.
    (
      "chain", [3, 2], 14,
      (0..<8).map { z in
        let (i, j, k) = (z / 4, z / 2 % 2, z % 2)
        return [i, 2 + j, 4 + k, 6 + 2 * i + j, 10 + 2 * j + k]
      }
    ),
    // From 0 one step and two, from 1, and from 2.
    ("segmentation", [3, 2], 6, [[0, 2, 4], [0, 3], [1, 4]]),
    // Spans 01, 02, 03, 12, 13, 23.
    ("parse", [3], 6, [[0, 3, 5, 2, 1], [0, 3, 5, 2, 4]]),
    // Lines 01, 02, 12.
    ("spanning-tree", [3], 3, [[0, 1], [0, 2], [1, 2]]),
    // Arcs 01, 02, 12, 21.
    ("arborescence", [2], 4, [[0, 1], [0, 2], [1, 3]]),
    ("dependencies", [2], 4, [[0, 1], [0, 2], [1, 3]]),
    // The step into cell (i, j) at 3 (3 i + j): both at once, down, right.
    (
      "alignment", [2, 3], 18, [[5, 8, 16], [5, 13, 17], [10, 14, 17], [5, 15], [12, 17]]
    ),
    // Depth d after place p at 3 p + d.
    ("brackets", [2], 12, [[1, 3, 7, 9], [1, 5, 7, 9]]),
  ]

  @Test("laws from files: the parts stand in the documented order", arguments: documented)
  func order(name: String, shape: [Int], parts: Int, states: [[Int]]) throws {
    let scores = (0..<parts).map { Double($0 * 5 % 7) * 0.2 - 0.5 }
    let linear = (0..<parts).map { Double($0 * 3 % 5) - 1.5 }
    let quadratic = (0..<parts).map { row in (0..<parts).map { Double((row + 4 * $0) % 9) - 4 } }
    let rows = try ComparisonTests.rows(
      of: """
        {"distribution": "\(name)", "shape": \(shape), "logits": \(scores),
         "cost": {"constant": 0.5, "linear": \(linear), "quadratic": \(quadratic)}}
        """, ["exact"], draws: 2)
    let exact = try #require(rows.first?.exact)
    let slopes: [Double] = Self.slopes(states: states, scores: scores) { state in
      var cost = 0.5
      for i in state {
        cost += linear[i]
        for j in state { cost += quadratic[i][j] }
      }
      return cost
    }
    #expect(exact.count == slopes.count)
    for (found, right) in zip(exact, slopes) { #expect(abs(found - right) < 1e-4) }
  }

  /// Six standard errors and at most 24 coordinates of six estimators: false alarms below 1e-6.
  @Test(
    "built-in structures: every unbiased estimator agrees with the exact gradient",
    arguments: [
      "chain:n=4,k=3", "tree:n=4", "parse:n=5", "segmentation:n=5,l=3", "alignment:n=3,m=3",
      "arborescence:n=3", "dependencies:n=3", "brackets:n=4",
    ])
  func builtIn(problem: String) throws {
    let rows = try ComparisonTests.rows(problem, draws: 4000)
    #expect(rows.map(\.estimator).contains("reinforce:baseline=leave-one-out"))
    #expect(rows.first?.estimator == "exact" && rows.first?.measurement.variance == 0)
    // What is drawn by elimination has no choices to relax or to search.
    let hasGraph = !problem.hasPrefix("tree") && !problem.hasPrefix("arborescence")
    for name in ["relax", "rebar", "unordered-set", "sum-and-sample"] {
      #expect(rows.map(\.estimator).contains(name) == hasGraph, "\(name)")
    }
    try ComparisonTests.expectAgreement(of: rows)
  }

  @Test("a law by elimination has no distinct states", arguments: ["tree:n=4", "arborescence:n=3"])
  func refused(problem: String) throws {
    for name in ["unordered-set", "sum-and-sample"] {
      let error = #expect(throws: (any Error).self) {
        try ComparisonTests.rows(problem, [name], draws: 2)
      }
      #expect("\(error as Any)".contains("\(name) does not fit"), "\(error as Any)")
    }
  }

  @Test(
    "shapes that do not fit",
    arguments: [
      (
        #"{"distribution": "chain", "logits": [0, 1], "cost": {}}"#,
        "shape is missing, expected [n, k]"
      ),
      (
        #"{"distribution": "chain", "shape": [2], "logits": [0, 1], "cost": {}}"#,
        "shape is [2], expected [n, k]"
      ),
      (
        #"{"distribution": "chain", "shape": [2, 2], "logits": [0, 1], "cost": {}}"#,
        "logits has 2 numbers, expected 8, one for each part of a chain of [2, 2]"
      ),
      (
        #"{"distribution": "parse", "shape": [0], "logits": [0], "cost": {}}"#,
        "n of shape is 0, not a whole number from 1 to 10000"
      ),
    ])
  func badShape(text: String, words: String) throws {
    let error = #expect(throws: (any Error).self) {
      try ComparisonTests.rows(of: text, draws: 2)
    }
    #expect("\(error as Any)".contains(words), "\(error as Any)")
    for problem in ["chain:n=0", "chain:m=2", "tree:n=1"] {
      #expect(throws: (any Error).self) { try ComparisonProblem.load(problem) }
    }
  }

  @Test("states that are too many to list are refused before they are made")
  func tooMany() throws {
    for problem in ["chain:n=50,k=3", "tree:n=12"] {
      let comparison = try ComparisonProblem.load(problem)
        .comparison(ComparisonPlan(isListed: true))
      for estimator in ["exact", "rloo", "sparse-map"] {
        let error = #expect(throws: SettingError.self) { try comparison.row(estimator) }
        #expect("\(error as Any)".contains("state"), "\(error as Any)")
      }
    }
  }

  @Test("sums over a structure that do not fit into memory are refused before they are made")
  func tooLarge() throws {
    // A megabyte of scores for 167 million splits of spans.
    let count = 1000 * 1001 / 2
    let text = """
      {"distribution": "parse", "shape": [1000], "cost": {},
       "logits": [\(String(repeating: "0,", count: count - 1))0]}
      """
    let error = #expect(throws: (any Error).self) { try ComparisonTests.rows(of: text, draws: 2) }
    #expect("\(error as Any)".contains("the sums over parse:1000 would take 2.5 GiB"))
    // Long and narrow: as many numbers as parts.
    _ = try ComparisonProblem.load("chain:n=1000,k=2")
  }
}
