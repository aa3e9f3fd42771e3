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
        "exact", "reinforce", "reinforce:baseline=leave-one-out", "nvil", "vimco",
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
        "exact", "reinforce", "reinforce:baseline=leave-one-out", "nvil", "unordered-set",
        "sum-and-sample", "vimco",
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
}
