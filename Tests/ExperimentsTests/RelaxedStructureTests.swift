import Experiments
import Foundation
import Stochastics
import TestSupport
import Testing

/// What the page of relaxed structures says of their biases.
struct RelaxedStructureTests {
  @Test(
    "biases and cosines on the page are those of listed draws",
    arguments: ["straight-through", "sparse-map", "muprop", "double-cv"])
  func biases(estimator: String) throws {
    let page = try text(
      of: SourceTree.root.appending(
        path: "Sources/Stochastics/Stochastics.docc/Structures/RelaxedStructures.md"
      ).path)
    let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("| `\(estimator)` |") })
    let said = row.split(separator: "|").compactMap { Double($0.filter { $0 != " " }) }
    let found = try ["chain:n=4,k=3", "tree:n=4", "parse:n=5"].flatMap { problem in
      let rows = try ComparisonProblem.load(problem)
        .comparison(ComparisonPlan(isListed: true)).rows([estimator])
      let row = try #require(rows.first)
      let (exact, mean) = (try #require(row.exact), row.measurement.mean)
      func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let miss = zip(mean, exact).map { $0 - $1 }
      return [
        (product(miss, miss) / product(exact, exact)).squareRoot(),
        product(mean, exact) / (product(mean, mean) * product(exact, exact)).squareRoot(),
      ]
    }
    #expect(said.count == 6)
    for (said, found) in zip(said, found) { #expect(abs(said - found) < 0.006) }
  }
}
