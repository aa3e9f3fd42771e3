import ArgumentParser
import Experiments
import Formats

struct TrainMADE: TrainVerb {
  typealias Work = MADEExperiment

  static let configuration = CommandConfiguration(
    commandName: "made",
    abstract: "Train a masked autoregressive network on binary images.",
    discussion: """
      Leaves a run folder with the settings, the curves, checkpoints and a picture. Its bounds are the log-likelihood itself, with \
      --order any its mean over all orders, in nats per image, the higher the better.

      \(TrainingHelp.text)
      """)

  @OptionGroup var options: MADEFlags
  @OptionGroup(title: "Run") var place: RunFlags

  static var headline: [(key: String, name: String)] { BoundReport.headline }
  static func report(_ summary: JSON) { BoundReport.show(summary) }
}

struct MADEFlags: SettingOptions {
  @OptionGroup(title: "Model") var model: Model
  @OptionGroup(title: "Training") var training: BoundFlags

  var given: [(key: String, text: String)] { model.given + training.given }

  struct Model: SettingOptions {
    @Option(MADESettings.hidden) var hidden: String?
    @Option(MADESettings.order) var order: String?
    @Option(MADESettings.masks) var masks: String?
  }
}
