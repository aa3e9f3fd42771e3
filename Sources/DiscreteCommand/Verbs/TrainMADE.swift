import ArgumentParser
import Experiments
import Formats

struct TrainMADE: TrainVerb {
  typealias Work = MADEExperiment

  static let configuration = CommandConfiguration(
    commandName: "made",
    abstract: "Train a masked autoregressive network on binary images.",
    discussion: """
      Leaves a run folder with the settings, the curves, checkpoints and a picture. Its bounds are the log-likelihood itself, in \
      nats per image, the higher the better.

      \(TrainingHelp.text)
      """)

  @OptionGroup var options: MADEFlags
  @OptionGroup(title: "Run") var place: RunFlags

  static var headline: [(key: String, name: String)] { BoundReport.headline }
  static func report(_ summary: JSON) { BoundReport.show(summary) }
}

struct MADEFlags: SettingOptions {
  @Option(MADESettings.hidden) var hidden: String?
  @Option(BoundSettings.data) var data: String?
  @Flag(BoundSettings.holdOut) var holdOut: Bool?
  @Option(BoundSettings.binarize) var binarize: String?
  @Option(BoundSettings.optimizer) var optimizer: String?
  @Option(BoundSettings.learningRate) var learningRate: String?
  @Option(BoundSettings.schedule) var schedule: String?
  @Option(BoundSettings.batchSize) var batchSize: String?
  @Option(BoundSettings.epochs) var epochs: String?
  @Option(BoundSettings.steps) var steps: String?
  @Option(BoundSettings.minutes) var minutes: String?
  @Option(BoundSettings.patience) var patience: String?
  @Option(BoundSettings.seed) var seed: String?
}
