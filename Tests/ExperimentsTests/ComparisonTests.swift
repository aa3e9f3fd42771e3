import Experiments
import Formats
import Foundation
import Learning
import Stochastics
import Tensors
import TestSupport
import Testing

struct ComparisonTests {
  /// The rows of some estimators on a problem, or of all that can be made.
  static func rows(
    _ problem: String, _ estimators: [String]? = nil, draws: Int, pilot: Int = 500
  ) throws -> [ComparisonRow] {
    let comparison = try ComparisonProblem.load(problem)
      .comparison(ComparisonPlan(draws: draws, pilot: pilot))
    if let estimators { return try comparison.rows(estimators) }
    return comparison.all.enumerated().compactMap { try? comparison.row($1, index: $0) }
  }

  /// The same of a problem in a file.
  static func rows(
    of text: String, _ estimators: [String]? = nil, draws: Int, pilot: Int = 500
  ) throws -> [ComparisonRow] {
    try withTemporaryFolder { root in
      let path = "\(root)/problem.json"
      try atomicWrite(Array(text.utf8), to: path)
      return try rows(path, estimators, draws: draws, pilot: pilot)
    }
  }

  /// Six standard errors: over some 150 comparisons false alarms are below 1e-6.
  static func expectAgreement(of rows: [ComparisonRow]) throws {
    for row in rows where row.bias == .unbiased {
      let z = try #require(row.z, "\(row.label)")
      #expect(z < 6, "\(row.label): \(z)")
    }
  }

  @Test("a law and a cost of one's own are compared in a few lines, which the page shows")
  func ownProblem() throws {
    let comparison = Comparison(
      parameters: [0.3, -0.2], plan: ComparisonPlan(draws: 20_000),
      law: { Bernoulli(logits: $0) }, cost: { ($0 - 0.4).squared().sum(along: -1) })
    for row in try comparison.rows(["exact", "reinforce", "disarm"]) {
      print(row.label, row.measurement.variance, row.z.map { "\($0)" } ?? "-")
    }
    let page = try text(
      of: SourceTree.root.appending(path: "Sources/Experiments/Experiments.docc/Comparing.md").path)
    let example = try #require(page.firstMatch(of: /(?s)```swift\n(.*?)```/)).1
    let own = try text(of: #filePath)
    for line in example.split(separator: "\n") { #expect(own.contains(line), "\(line)") }
    let rows = try comparison.rows(["exact", "reinforce", "disarm"])
    try Self.expectAgreement(of: rows)
    #expect(rows[0].measurement.variance == 0)
    #expect(rows[2].measurement.variance < rows[1].measurement.variance)
    #expect(throws: (any Error).self) { try comparison.rows(["arsm"]) }
  }

  @Test("ranks share out estimators, and draws where estimators are few, and print what one does")
  func ranks() throws {
    // Twenty parts of 3 draws; seven ranks cut them unevenly.
    for (names, count) in [(["rebar"], 7), (["reinforce", "arsm", "vimco:samples=2"], 2)] {
      let found = LocalRanks.run(count) { ranks in Self.lines(names, over: ranks) }
      let alone = Self.lines(names, over: .alone)
      #expect(alone.count == names.count)
      for lines in found { #expect(lines == alone) }
    }
  }

  /// A line for each estimator on the toy without its time, or why it does not fit.
  private static func lines(_ names: [String], over ranks: RankGroup) -> [String] {
    var lines: [String] = []
    do {
      let comparison = try ComparisonProblem.load("toy")
        .comparison(ComparisonPlan(draws: 60, pilot: 5))
      try comparison.rows(names, over: ranks, begin: { _ in }) { result in
        let row = try? result.get()
        let found = row.map {
          "\($0.measurement.mean) \($0.measurement.standardError) \($0.exact ?? [])"
        }
        lines.append(found ?? "\(result)")
      }
    } catch { lines.append("\(error)") }
    return lines
  }

  @Test("variances of the Bernoulli toy at 0.45 are the closed forms, within 2 %")
  func closedForms() throws {
    let expected = [
      ("reinforce", 1.59391e-2), ("reinforce:baseline=leave-one-out", 6.25e-4),
      ("arm", 2.08333e-4), ("disarm", 0),
    ]
    let rows = try Self.rows("toy:target=0.45", expected.map(\.0), draws: 200_000)
    for (row, (name, variance)) in zip(rows, expected) {
      #expect(row.estimator == name)
      let found = row.measurement.variance
      #expect(abs(found - variance) <= 0.02 * variance + 1e-10, "\(name): \(found)")
      #expect(abs(try #require(row.exact)[0] - 0.025) < 1e-6)
    }
  }

  @Test(
    "all unbiased estimators agree with enumeration",
    arguments: ["toy", "shared", "table", "quadratic:n=5"])
  func all(problem: String) throws {
    let rows = try Self.rows(problem, draws: 20_000)
    #expect(rows.count >= 19)
    try Self.expectAgreement(of: rows)
  }

  @Test("as many estimates are made as are asked for", arguments: [2, 10, 777])
  func draws(count: Int) throws {
    for problem in ["toy", "quadratic:n=3"] {
      let rows = try Self.rows(problem, ["disarm", "vimco"], draws: count, pilot: 0)
      #expect(rows.map(\.measurement.draws) == [count, count])
    }
  }

  @Test("a class of mass 1e-18 and cost 1e6 is summed or drawn to its last digits")
  func dearAndRare() throws {
    let rows = try Self.rows(
      of: """
        {"distribution": "categorical", "logits": [[0.1, 0.2, 0.3, -40]], "cost": {"linear": [1, 2, 3, 1e6]}}
        """,
      ["exact", "sum-and-sample:top=3", "unordered-set:samples=4"], draws: 100)
    for row in rows {
      let mean = row.measurement.mean
      for (found, right) in zip(mean, [-0.3206, -0.0221, 0.3427, 0]) {
        #expect(abs(found - right) < 1e-4, "\(row)")
      }
      #expect(abs(mean[3] / 1.15556e-12 - 1) < 0.01, "\(row)")
      #expect(row.z == 0)
    }
  }
}
