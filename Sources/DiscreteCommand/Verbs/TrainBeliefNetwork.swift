import ArgumentParser
import Experiments
import Formats
import Runs

struct TrainBeliefNetwork: TrainVerb {
  typealias Work = BeliefNetworkExperiment

  static let configuration = CommandConfiguration(
    commandName: "belief-network",
    abstract: "Train a belief network, or a mixture with discrete latents, on binary images.",
    discussion: """
      Leaves a run folder with the settings, the curves, checkpoints and a picture. A figure called a bound is the evidence \
      lower bound in nats per image, the higher the better.

      ESTIMATORS, with the defaults of their options
      \(indented(TrainingHelp.estimators(isBlackBox: true)))
      \(EstimatorCatalogue.baselineHelp)

      \(TrainingHelp.text)
      """)

  @OptionGroup var options: BeliefNetworkFlags
  @OptionGroup(title: "Run") var place: RunFlags

  static var headline: [(key: String, name: String)] { BoundReport.headline }
  static func report(_ summary: JSON) { BoundReport.show(summary) }
}

struct BeliefNetworkFlags: SettingOptions {
  @OptionGroup(title: "Model") var model: Model
  @OptionGroup(title: "Training") var training: BoundFlags
  @OptionGroup(title: "Training") var diagnosing: DiagnosticsFlags

  var given: [(key: String, text: String)] { model.given + training.given + diagnosing.given }

  struct Model: SettingOptions {
    @Option(BeliefNetworkSettings.layers) var layers: String?
    @Option(BoundSettings.hidden) var hidden: String?
    @Option(BeliefNetworkSettings.latent) var latent: String?
    @Option(BeliefNetworkSettings.prior) var prior: String?
    @Option(BeliefNetworkSettings.estimator) var estimator: String?
  }
}
