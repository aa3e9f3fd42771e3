import Learning
public import Runs
import Tensors

/// Learning to sort images of numbers, or numbers, from their order alone.
public struct SorterExperiment: Experiment {
  public static let model = "sorter"
  public static var settings: [any SettingDescription] { SorterSettings.all }
  public static var lengths: [any SettingDescription] { [SorterSettings.steps] }

  private let configuration: SorterConfiguration

  public init(_ settings: Settings) throws {
    configuration = try SorterConfiguration(settings)
  }

  public var settings: Settings { configuration.settings }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    let data = try SorterData(configuration)
    try stop()
    func job(_ sorter: some AnySorter, _ optimizer: some Optimizer) -> any Job {
      Training(
        SorterTask(configuration: configuration, data: data),
        Trainer(
          sorter, optimizer: optimizer, learningRate: configuration.learningRate,
          schedule: configuration.schedule),
        seed: configuration.seed, length: .steps(configuration.steps),
        evaluateEvery: configuration.evaluateEvery, logEvery: configuration.logEvery,
        shards: configuration.shards)
    }
    return Preparation(
      job(try configuration.sorter(size: data.size), configuration.optimizer),
      data: data.digest, counts: configuration.counts, settings: settings)
  }
}
