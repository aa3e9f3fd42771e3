import ArgumentParser
import Experiments
import Formats
import Runs

struct TrainSorter: TrainVerb {
  typealias Work = SorterExperiment

  static let configuration = CommandConfiguration(
    commandName: SorterExperiment.model,
    abstract: "Learn to sort images of numbers, or numbers, from their order alone.",
    discussion: """
      Every step draws fresh sequences of numbers that differ, of so many digits each, one image a digit; only their order is \
      told, the largest first. Leaves a run folder with the settings, the curves, checkpoints and a picture. exact is the share of \
      held-out sequences that are sorted whole, elementwise the share of places with the right item.

      METHODS, with the defaults of their options
      \(indented(SortingMethod.own.map { usage($0.name, $0.options) }))
      Samples draw Gumbels for the scores, 0 takes none. These have the temperature of --temperature. Or an estimator, over orders that are \
      sampled by Plackett and Luce's law of the scores, which sees their cost alone:
      \(indented(SortingMethod.sampling.map(\.usage)))

      OPTIMIZERS
      \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

      SCHEDULES
      \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
      """)

  @OptionGroup(title: "Model and training") var options: SorterFlags
  @OptionGroup(title: "Run") var place: RunFlags

  static let headline = [
    (key: "test_exact", name: "test exact"), (key: "test_elementwise", name: "elementwise"),
  ]

  static func report(_ summary: JSON) {
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { decimal($0, places) } ?? "-"
    }
    let path = summary["run"]?.string ?? ""
    print(
      "steps            \(summary["steps"] ?? .null) in \(figure("seconds", 1)) s, \(figure("steps_per_second", 1)) a second"
    )
    print("loss             \(figure("loss", 4))")
    print("test exact       \(figure("test_exact", 4)) of sequences sorted whole")
    print("elementwise      \(figure("test_elementwise", 4)) of places right")
    print("run              \(path)")
    if let folder = try? RunFolder(opening: path), (try? fileExists(folder.picture)) == true {
      print("picture          \(folder.picture)   test sequences as sorted, the largest first")
    }
  }
}

/// The items to sort, and the method of learning.
struct SorterFlags: SettingOptions {
  @Option(SorterSettings.data) var data: String?
  @Option(SorterSettings.length) var length: String?
  @Option(SorterSettings.digits) var digits: String?
  @Option(SorterSettings.method) var method: String?
  @Option(SorterSettings.temperature) var temperature: String?
  @Option(SorterSettings.cost) var cost: String?
  @Option(SorterSettings.optimizer) var optimizer: String?
  @Option(SorterSettings.learningRate) var learningRate: String?
  @Option(SorterSettings.schedule) var schedule: String?
  @Option(SorterSettings.batchSize) var batchSize: String?
  @Option(SorterSettings.shards) var shards: String?
  @Option(SorterSettings.steps) var steps: String?
  @Option(SorterSettings.evaluateEvery) var evaluateEvery: String?
  @Option(SorterSettings.evaluationSequences) var evaluationSequences: String?
  @Option(SorterSettings.logEvery) var logEvery: String?
  @Option(Setting<String>.initialWeights) var `init`: String?
  @Option(SorterSettings.seed) var seed: String?
}
