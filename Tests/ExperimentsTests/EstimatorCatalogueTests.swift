import Formats
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

  @Test("every row says what it requires, where it fits and when to take it, and has its pages")
  func uses() throws {
    let folder = "Sources/Stochastics/Stochastics.docc"
    let pages = try ["Estimators", "Permutations"].reduce(into: Set<String>()) {
      $0.formUnion(try SourceTree.names(in: "\(folder)/\($1)", ending: ".md"))
    }
    for entry in EstimatorCatalogue.all {
      #expect(!entry.uses.isEmpty && entry.advice.hasSuffix("."), "\(entry.name)")
      #expect(
        entry.pages.contains { pages.contains($0) || $0 == "MetricGradient" }, "\(entry.pages)")
      #expect(entry.options.allSatisfy { !$0.range.isEmpty })
    }
    let disarm = try #require(EstimatorCatalogue["disarm"])
    #expect(disarm.uses.map(\.law) == ["bernoulli", "categorical"])
    #expect(disarm.uses.allSatisfy { $0.bias == .unbiased && $0.calls == 2 && $0.isBlackBox })
    #expect(disarm.requirement == "Any cost, called at samples only.")
    #expect(disarm.options[0].range == "a whole number from 1 to 100000")
    #expect(EstimatorCatalogue["exact"]?.uses.first?.calls == 8)
    let relaxed = try #require(EstimatorCatalogue["gumbel-softmax"])
    #expect(relaxed.requirement.contains("differentiated"))
    #expect(relaxed.uses.allSatisfy { $0.bias == .biased && !$0.isBlackBox })
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

  /// What a configuration file of one setting shows, and the text of it that is read again.
  private static func written(_ setting: Setting<Specification>, _ text: String) throws -> (
    shown: JSON, text: String
  ) {
    try withTemporaryFolder { root in
      var settings = Settings([setting])
      try settings.set(setting.key, to: text, from: .commandLine)
      try atomicWrite(Array("\(try settings.json)\n".utf8), to: "\(root)/config.json")
      var again = Settings([setting])
      try again.read(file: "\(root)/config.json")
      #expect(try again.json == settings.json, "\(text)")
      return (try settings.json(of: setting), try #require(again[setting.key]))
    }
  }

  private static let estimator = Setting<Specification>.specification(
    "estimator", nil, "", completing: { EstimatorCatalogue.completed($0) }
  ) { (specification) throws(SettingError) in try EstimatorCatalogue.check(specification) }

  /// A description of what a text makes for a law.
  private static func made(
    _ text: String, by entry: EstimatorEntry, at law: EstimatorSite
  ) throws -> String? {
    var generator = Philox(seed: 0)
    return try entry.make(Specification(text), at: law, using: &generator).map { "\($0)" }
  }

  @Test("a configuration has all options with their defaults, and what it shows makes the same")
  func completeness() throws {
    for entry in EstimatorCatalogue.all {
      for own in [entry.name] + entry.variants.map({ "\(entry.name):\($0)" }) {
        let (shown, text) = try Self.written(Self.estimator, own)
        #expect(try Specification(text) == entry.completed(Specification(own)))
        for option in entry.options { #expect(shown[option.key] != nil, "\(own)") }
        for law in Law.all.map(\.example) where entry.standard(at: law) != nil {
          // A network looks at inputs, which these laws have not.
          let plain = try Self.made(own, by: entry, at: law)
          #expect(plain != nil, "\(own)")
          #expect(try Self.made(text, by: entry, at: law) == plain, "\(own) and \(text)")
        }
      }
    }
  }

  @Test(
    "options with values of the user's come back, beside defaults that depend on them",
    arguments: [
      ("reinforce:baseline=leave-one-out", "reinforce:samples=2,baseline=leave-one-out"),
      (
        "gumbel-softmax:temperature=0.3,rate=0.25",
        "gumbel-softmax:temperature=0.3,floor=0.3,rate=0.25,every=1000,samples=1"
      ),
      (
        "gumbel-softmax:temperature=2,rate=0.25",
        "gumbel-softmax:temperature=2,floor=0.5,rate=0.25,every=1000,samples=1"
      ),
      (
        "neural-sort:hard=true,temperature=0.25",
        "neural-sort:temperature=0.25,floor=0.25,rate=0,every=1000,hard=true,samples=1"
      ),
      ("ugc", "ugc:threshold=1/(2n)"), ("ugc:threshold=0.125", "ugc:threshold=0.125"),
      ("nvil:normalize=false", "nvil:samples=1,decay=0.8,units=100,normalize=false"),
      ("disarm:tree=stick-breaking", "disarm:pairs=1,tree=stick-breaking"), ("auto", "auto"),
    ])
  func completed(given: String, expected: String) throws {
    #expect(try Self.written(Self.estimator, given).text == expected)
    guard let entry = try EstimatorCatalogue[Specification(given).name] else { return }
    for law in Law.all.map(\.example) {
      #expect(try Self.made(expected, by: entry, at: law) == Self.made(given, by: entry, at: law))
    }
  }

  @Test("optimizers and schedules show all options and read them again")
  func trainingNames() throws {
    for name in OptimizerName.allCases {
      let (shown, text) = try Self.written(.optimizer, name.rawValue)
      for option in name.options { #expect(shown[option.key] != nil) }
      #expect(
        try "\(OptimizerName.make(Specification(text)))"
          == "\(OptimizerName.make(Specification(name.rawValue)))")
    }
    for name in ScheduleName.allCases {
      let (shown, text) = try Self.written(.schedule, name.rawValue)
      for option in name.options { #expect(shown[option.key] != nil) }
      #expect(
        try ScheduleName.make(Specification(text), length: 70)
          == ScheduleName.make(Specification(name.rawValue), length: 70))
    }
  }

  @Test("what calls a black box is found by making it")
  func blackBoxes() {
    let bits = Law.all[0].example
    let names = EstimatorCatalogue.all.filter { $0.isBlackBox(at: bits) }.map(\.name)
    #expect(
      names == [
        "exact", "reinforce", "control-variate", "nvil", "rloo", "remax", "mean-centered", "grpo",
        "reinforce++", "arm", "disarm", "carms", "bitflip", "ugc", "unordered-set",
        "sum-and-sample", "relax",
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
