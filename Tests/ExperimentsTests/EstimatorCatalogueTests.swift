import Foundation
import Runs
import Stochastics
import Tensors
import TestSupport
import Testing

@testable import Experiments

struct EstimatorCatalogueTests {
  /// The names of the types that a row makes for some law, without what they are generic over.
  private static func types(of entry: EstimatorEntry) -> Set<String> {
    Set(
      Law.all.compactMap { entry.standard(at: $0.example) }.map { made in
        String("\(type(of: made))".prefix { $0 != "<" })
      })
  }

  @Test("every estimator of the library has a row, and every row an estimator")
  func rows() throws {
    let files = try #require(SourceTree.estimators)
    let made = EstimatorCatalogue.all.reduce(into: Set<String>()) {
      $0.formUnion(Self.types(of: $1))
    }
    // The bound by enumeration is what VIMCO is measured against, and has no name of its own.
    #expect(files.subtracting(made) == ["ExactBound"])
    #expect(made.subtracting(files) == ["MetricGradient"])
    for entry in EstimatorCatalogue.all {
      #expect(!Self.types(of: entry).isEmpty, "\(entry.name) fits no law")
    }
  }

  @Test("names differ, sentences are sentences, and usage is read again where options have numbers")
  func texts() throws {
    let names = EstimatorCatalogue.all.map(\.name)
    #expect(Set(names).count == names.count && !names.contains(EstimatorCatalogue.auto))
    for entry in EstimatorCatalogue.all {
      #expect(entry.summary.hasSuffix(".") && !entry.usage.contains(" "))
      // The width of a terminal, less the margin of a list.
      #expect(entry.usage.count < 80 && entry.summary.count < 77, "\(entry.name)")
      #expect(try Specification(entry.usage).options.count == entry.options.count)
    }
  }

  @Test("defaults as they are shown make what is made without them")
  func defaults() throws {
    for entry in EstimatorCatalogue.all {
      for law in Law.all.map(\.example) {
        guard let plain = entry.standard(at: law) else { continue }
        // A rule is not a value; a temperature without a rate has neither floor nor steps.
        let shown = entry.options.filter { option in
          !["floor", "every", "rate", "tree", "normalize", "coefficient", "threshold"]
            .contains(option.key)
        }
        var specification = try Specification(entry.name)
        specification.options = shown.map { ($0.key, $0.standard) }
        var generator = Philox(seed: 0)
        let full = try entry.make(specification, at: law, using: &generator)
        #expect("\(try #require(full))" == "\(plain)", "\(entry.name)")
      }
    }
  }

  @Test("what calls a black box is found by making it")
  func blackBoxes() {
    let bits = Law.all[0].example
    let names = EstimatorCatalogue.all.filter { $0.isBlackBox(at: bits) }.map(\.name)
    #expect(
      names == [
        "exact", "reinforce", "control-variate", "nvil", "arm", "disarm", "carms", "bitflip",
        "ugc", "unordered-set", "sum-and-sample", "relax",
      ])
    #expect(EstimatorCatalogue.all.filter(\.isOfBound).map(\.name) == ["vimco"])
    let latents = EstimatorCatalogue.ofLatents(isBlackBox: true).map(\.name)
    #expect(latents.contains("arsm") && !latents.contains("control-variate"))
    #expect(EstimatorCatalogue.ofLatents(isBlackBox: false).map(\.name).contains("vimco"))
  }

  @Test(
    "the measured table of the documentation has the rows, the bias and the calls of the catalogue")
  func documentation() throws {
    let page = try String(
      contentsOf: SourceTree.root.appending(
        path: "Sources/Stochastics/Stochastics.docc/WhichEstimator.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
    }
    let toy = try #require(ComparisonProblem.load("toy").comparison() as? Comparison<Bernoulli>)
    let table = try #require(
      ComparisonProblem.load("table").comparison() as? Comparison<Categorical>)
    #expect(Set(rows.map { $0[0] }) == Set(toy.all + table.all))
    for row in rows where row[0] != "vimco" {
      try check(row, calls: 3, bias: row[1], toy)
      try check(row, calls: 6, bias: row[1], table)
    }
  }

  private func check<D>(
    _ row: [String], calls column: Int, bias: String, _ comparison: Comparison<D>
  ) throws {
    guard comparison.all.contains(row[0]) else {
      #expect(row[column].isEmpty, "\(row[0])")
      return
    }
    var generator = Philox(seed: 0)
    let estimator = try comparison.context.make(Specification(row[0]), using: &generator)
    func calls(_ estimator: some GradientEstimator<D>) -> Int? {
      estimator.evaluations(
        over: comparison.study.distribution(
          comparison.study.parameters.expandingDimensions(at: 0)))
    }
    #expect(estimator.bias.rawValue == bias, "\(row[0])")
    if let calls = calls(estimator) { #expect(row[column] == "\(calls)", "\(row[0])") }
  }
}
