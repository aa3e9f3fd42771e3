import Experiments
import Foundation
import Stochastics
import Tensors
import Testing

/// Laws with names, their exact gradients against slopes of what their definitions sum to.
struct LawTests {
  /// Central differences, in double precision.
  private static func slopes(of f: ([Double]) -> Double, at logits: [Double]) -> [Double] {
    let step = 1e-5
    return logits.indices.map { index in
      var (up, down) = (logits, logits)
      up[index] += step
      down[index] -= step
      return (f(up) - f(down)) / (2 * step)
    }
  }

  private static func expect(_ rows: [ComparisonRow], exact expected: [Double]) throws {
    let exact = try #require(rows.first?.exact)
    for (found, right) in zip(exact, expected) { #expect(abs(found - right) < 1e-4) }
    #expect(exact.count == expected.count)
    try ComparisonTests.expectAgreement(of: rows)
  }

  @Test("k-subsets: what fits, the exact gradient, and the unbiased agreeing with it")
  func subsets() throws {
    let rows = try ComparisonTests.rows(
      of: """
        {"distribution": "k-subset", "size": 2, "logits": [0.3, -0.5, 1], "cost": {"linear": [1, 2, -1]}}
        """, draws: 20_000)
    #expect(
      rows.map(\.estimator) == [
        "exact", "reinforce", "reinforce:baseline=leave-one-out", "control-variate", "nvil", "rloo",
        "remax", "mean-centered", "grpo", "reinforce++", "muprop", "double-cv", "straight-through",
        "stochastic-softmax", "imle", "sparse-map", "vimco",
      ])
    let exact = Self.slopes(
      of: { logits in
        let subsets = [(0, 1, 3.0), (0, 2, 0.0), (1, 2, 1.0)]
        let odds = subsets.map { exp(logits[$0.0] + logits[$0.1]) }
        return zip(subsets, odds).reduce(0) { $0 + $1.0.2 * $1.1 } / odds.reduce(0, +)
      }, at: [0.3, -0.5, 1])
    try Self.expect(rows, exact: exact)
  }

  @Test("lists of first places: what fits, the exact gradient, and the unbiased agreeing with it")
  func lists() throws {
    let rows = try ComparisonTests.rows(
      of: """
        {"distribution": "top-plackett-luce", "places": 2, "logits": [0.3, -0.5, 1],
         "cost": {"linear": [1, 2, -1, 0.5, -1, 2]}}
        """, draws: 20_000)
    #expect(
      rows.map(\.estimator) == [
        "exact", "reinforce", "reinforce:baseline=leave-one-out", "nvil", "rloo", "mean-centered",
        "grpo", "reinforce++", "unordered-set", "sum-and-sample", "vimco",
      ])
    let exact = Self.slopes(
      of: { scores in
        let odds = scores.map { exp($0) }
        let sum = odds.reduce(0, +)
        var mean = 0.0
        for first in 0..<3 {
          for second in 0..<3 where second != first {
            let mass = odds[first] / sum * odds[second] / (sum - odds[first])
            mean += mass * ([1, 2, -1][first] + [0.5, -1, 2][second])
          }
        }
        return mean
      }, at: [0.3, -0.5, 1])
    try Self.expect(rows, exact: exact)
  }

  @Test("matchings have no probability: the relaxed gradient alone fits, and nothing is exact")
  func matchings() throws {
    let problem = """
      {"distribution": "gumbel-matching", "logits": [[0.3, -0.5, 1], [0, 0.2, 0.1], [1, 0, -1]],
       "cost": {"linear": [1, 2, -1, 0.5, -1, 2, 0, 1, 0]}}
      """
    let rows = try ComparisonTests.rows(of: problem, draws: 2000)
    #expect(rows.map(\.estimator) == ["gumbel-sinkhorn"])
    #expect(rows[0].bias == .biased && rows[0].exact == nil && rows[0].z == nil)
    #expect(rows[0].measurement.variance > 0)
    // A number added to a row or a column of scores changes nothing.
    let mean = rows[0].measurement.mean
    for line in 0..<3 {
      let row = (0..<3).reduce(0) { $0 + mean[3 * line + $1] }
      let column = (0..<3).reduce(0) { $0 + mean[3 * $1 + line] }
      #expect(abs(row) < 1e-3 && abs(column) < 1e-3, "\(row) \(column)")
    }
    #expect(throws: (any Error).self) {
      try ComparisonTests.rows(of: problem, ["reinforce"], draws: 2)
    }
  }

  @Test(
    "a file of a law with a count or a square that does not fit",
    arguments: [
      (#"{"distribution": "k-subset", "logits": [0, 1], "cost": {}}"#, "size is missing"),
      (
        #"{"distribution": "k-subset", "size": 3, "logits": [0, 1], "cost": {}}"#,
        "size is 3, not a whole number from 1 to 2"
      ),
      (
        #"{"distribution": "top-plackett-luce", "places": 0.5, "logits": [0, 1], "cost": {}}"#,
        "places is 0.5"
      ),
      (
        #"{"distribution": "bernoulli", "size": 1, "logits": [0], "cost": {}}"#,
        "unknown key 'size'"
      ),
      (
        #"{"distribution": "gumbel-matching", "logits": [[0, 1]], "cost": {}}"#,
        "logits is 1 x 2, expected a square matrix"
      ),
    ])
  func badFile(text: String, words: String) throws {
    let error = #expect(throws: (any Error).self) {
      try ComparisonTests.rows(of: text, draws: 2)
    }
    #expect("\(error as Any)".contains(words), "\(error as Any)")
  }
}
