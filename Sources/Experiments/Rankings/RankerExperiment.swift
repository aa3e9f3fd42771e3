import Formats
import Learning
import Models
public import Runs
import Tensors

/// Learning to rank documents by their features, from graded ones.
public struct RankerExperiment: Experiment {
  public static let model = "ranker"
  public static let verb = "rank learn"
  public static var settings: [any SettingDescription] { RankerSettings.all }
  public static var lengths: [any SettingDescription] {
    [RankerSettings.epochs, RankerSettings.steps]
  }

  /// The first places whose gain is measured, the `ndcg_…` of metrics and summaries.
  public static let cutoffs = [1, 3, 5, 10]

  /// The first places whose gain on documents to choose by tells the best scorer.
  public static let chosenBy = 10

  private let configuration: RankerConfiguration

  public init(_ settings: Settings) throws {
    configuration = try RankerConfiguration(settings)
  }

  public var settings: Settings { configuration.settings }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    let data = try RankerData(configuration, tell: tell, stop)
    let scorer = try configuration.scorer(standardizing: data.training)
    try stop()
    let constant = scorer.constantFeatures
    if !constant.isEmpty {
      let shown = constant.prefix(5).map(String.init).joined(separator: ", ")
      let rest = constant.count > 5 ? ", ..." : ""
      tell(
        "\(configuration.data): \(constant.count) of \(data.training.featureCount) features never change there, and are not learned from: \(shown)\(rest)"
      )
    }
    let task = RankerTask(configuration: configuration, data: data)
    let steps = configuration.steps(batchesPerEpoch: task.batchesPerEpoch)
    let schedule = try configuration.schedule(steps: steps)
    func job(_ optimizer: some Optimizer) -> any Job {
      Training(
        task,
        Trainer(
          scorer, optimizer: optimizer, learningRate: configuration.learningRate,
          schedule: schedule),
        seed: configuration.seed, length: .steps(steps),
        evaluateEvery: configuration.evaluateEvery.steps(perEpoch: task.batchesPerEpoch),
        logEvery: configuration.logEvery, patience: configuration.patience,
        shards: configuration.shards)
    }
    return Preparation(
      job(configuration.optimizer), data: data.digest, counts: data.counts(of: configuration.data),
      settings: settings)
  }
}
