import ArgumentParser
import Experiments
import Formats
import Runs

extension Rank {
  /// Learning to rank documents by their features.
  struct Learn: TrainVerb {
    typealias Work = RankerExperiment

    static let configuration = CommandConfiguration(
      abstract: "Learn to rank documents by their features, from graded ones.",
      discussion: """
        FILE is in the format of SVMlight and LETOR: 'grade qid:query number:value ...' on each line, also with .gz; or without qid and with \
        a file of group sizes, which --groups names or which stands beside it as FILE.query. Features are standardized by the training documents. \
        Leaves a run folder with the settings, a line of metrics for every epoch, and the scorer as the last checkpoint; with documents to \
        choose by also the scorer that was best on these. 'discrete rank score' scores others with it, 'discrete eval' measures it on others. NDCG has the gain \
        2^grade - 1 and, where scores are equal, is the mean over their orders; queries without a relevant document are left out of its mean, \
        which is - or null where none is left.

        METHODS, with the defaults of their options
        \(indented(RankingMethod.allCases.map { usage($0.rawValue, $0.options) }))
        The likelihood of the order of the grades, and the expected DCG of the first places, up to the cutoff, by PL-Rank with so many orders.

        OPTIMIZERS
        \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

        SCHEDULES
        \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
        """)

    @OptionGroup(title: "Documents and training") var options: RankerFlags
    @OptionGroup(title: "Run") var place: RunFlags

    static let headline = RankerExperiment.cutoffs.map { (key: "ndcg_\($0)", name: "NDCG@\($0)") }

    static func report(_ summary: JSON) {
      let path = summary["run"]?.string ?? ""
      let lines = ((try? Metrics(RunFolder(opening: path)).lines()) ?? [])
        .filter { $0["queries"] != nil }
      print(padded("epoch", 7) + padded("loss", 11) + headline.map { padded($0.name, 9) }.joined())
      // Spread over the run, and its end.
      let every = (lines.count + mostRows - 1) / mostRows
      for (place, line) in lines.enumerated() where (lines.count - 1 - place) % every == 0 {
        func figure(_ key: String, _ places: Int) -> String {
          line[key]?.number.map { decimal($0, places) } ?? "-"
        }
        print(
          padded(figure("epoch", 0), 7) + padded(figure("loss", 5), 11)
            + headline.map { padded(figure($0.key, 4), 9) }.joined())
      }
      if let step = summary["best_step"] {
        let key = "best_validation_ndcg_\(RankerExperiment.chosenBy)"
        let best = summary[key]?.number.map { decimal($0, 4) } ?? "-"
        print(
          "best   NDCG@\(RankerExperiment.chosenBy) \(best) of documents to choose by, at step \(step)"
        )
      }
      print("run    \(path)")
    }

    /// Evaluations that are shown.
    private static let mostRows = 20
  }
}

/// The data and the method of learning.
struct RankerFlags: SettingOptions {
  @Argument(help: ArgumentHelp(RankerSettings.data.help, valueName: "file")) var data: String?
  @Option(RankerSettings.test) var test: String?
  @Option(RankerSettings.validation) var validation: String?
  @Option(RankerSettings.holdOut) var holdOut: String?
  @Option(RankerSettings.groups) var groups: String?
  @Option(RankerSettings.validationGroups) var validationGroups: String?
  @Option(RankerSettings.testGroups) var testGroups: String?
  @Option(RankerSettings.method) var method: String?
  @Option(RankerSettings.hidden) var hidden: String?
  @Option(RankerSettings.batchSize) var batchSize: String?
  @Option(RankerSettings.shards) var shards: String?
  @Option(RankerSettings.epochs) var epochs: String?
  @Option(RankerSettings.steps) var steps: String?
  @Option(RankerSettings.learningRate) var learningRate: String?
  @Option(RankerSettings.optimizer) var optimizer: String?
  @Option(RankerSettings.schedule) var schedule: String?
  @Option(RankerSettings.evaluateEvery) var evaluateEvery: String?
  @Option(RankerSettings.logEvery) var logEvery: String?
  @Option(RankerSettings.patience) var patience: String?
  @Option(Setting<String>.initialWeights) var `init`: String?
  @Option(RankerSettings.seed) var seed: String?
}
