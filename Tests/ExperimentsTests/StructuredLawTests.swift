import Experiments
import Foundation
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

  @Test("a chain and a spanning tree from files: the parts stand in the documented order")
  func order() throws {
    // Two steps of two labels: label k of step t at 2 t + k, the pair (j, k) at 4 + 2 j + k.
    let chains = (0..<4).map { [$0 / 2, 2 + $0 % 2, 4 + $0] }
    let linear = (0..<8).map { Double($0 * 3 % 5) - 1.5 }
    let scores = (0..<8).map { Double($0 * 5 % 7) * 0.2 - 0.5 }
    let chain = try ComparisonTests.rows(
      of: """
        {"distribution": "chain", "shape": [2, 2], "logits": \(scores), "cost": {"linear": \(linear)}}
        """, draws: 10_000)
    try Self.expect(
      chain,
      Self.slopes(states: chains, scores: scores) { $0.reduce(0) { $0 + linear[$1] } })
    // Three vertices: lines 01, 02, 12, of which any two are a tree.
    let tree = try ComparisonTests.rows(
      of: """
        {"distribution": "spanning-tree", "shape": [3], "logits": [0.3, -0.4, 0.1],
         "cost": {"linear": [1, 2, -1], "quadratic": [[0, 1, 0], [0, 0, 0], [0, 0, 0]]}}
        """, draws: 10_000)
    try Self.expect(
      tree,
      Self.slopes(states: [[0, 1], [0, 2], [1, 2]], scores: [0.3, -0.4, 0.1]) { tree in
        tree.reduce(0) { $0 + [1, 2, -1][$1] } + (tree == [0, 1] ? 1 : 0)
      })
  }

  private static func expect(_ rows: [ComparisonRow], _ slopes: [Double]) throws {
    let exact = try #require(rows.first?.exact)
    #expect(exact.count == slopes.count)
    for (found, right) in zip(exact, slopes) { #expect(abs(found - right) < 1e-4) }
    try ComparisonTests.expectAgreement(of: rows)
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
      (#"{"distribution": "chain", "logits": [0, 1], "cost": {}}"#, "shape is not a list [n, k]"),
      (
        #"{"distribution": "chain", "shape": [2, 2], "logits": [0, 1], "cost": {}}"#,
        "logits has 2 numbers, expected 8, one for each part of a chain of [2, 2]"
      ),
      (
        #"{"distribution": "parse", "shape": [0], "logits": [0], "cost": {}}"#,
        "n is 0, not a whole number from 1 to 10000"
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
}
