import ArgumentParser
import Experiments
import Formats
import Runs

struct TrainVAE: TrainVerb {
  typealias Work = VAEExperiment

  static let configuration = CommandConfiguration(
    commandName: "vae",
    abstract: "Train an autoencoder with discrete latents on binary images.",
    discussion: """
      Leaves a run folder with the settings, the curves, checkpoints and a picture. Bounds are evidence lower bounds of hard \
      samples, in nats per image, the higher the better; what is descended, where that is another objective, is printed beside \
      them. With --labels some labels are known, and the others are latents too.

      ESTIMATORS, with the defaults of their options
      \(indented(TrainingHelp.estimators(isBlackBox: false)))
      \(EstimatorCatalogue.baselineHelp) With --kl sampled, estimators that relax do not fit; with --posterior made, \
      those alone that need a probability and nothing else: exact, reinforce, nvil, rloo and its kin, vimco.

      \(TrainingHelp.text)
      """)

  @OptionGroup var options: VAEFlags
  @OptionGroup(title: "Run") var place: RunFlags

  static var headline: [(key: String, name: String)] { BoundReport.headline }
  static func report(_ summary: JSON) { BoundReport.show(summary) }
}

struct VAEFlags: SettingOptions {
  @OptionGroup(title: "Model") var model: Model
  @OptionGroup(title: "Training") var training: BoundFlags
  @OptionGroup(title: "Training") var diagnosing: DiagnosticsFlags

  var given: [(key: String, text: String)] { model.given + training.given + diagnosing.given }

  struct Model: SettingOptions {
    @Option(VAESettings.latent) var latent: String?
    @Option(BoundSettings.hidden) var hidden: String?
    @Option(VAESettings.prior) var prior: String?
    @Option(VAESettings.posterior) var posterior: String?
    @Option(VAESettings.divergence) var kl: String?
    @Option(VAESettings.estimator) var estimator: String?
    @Option(VAESettings.labels) var labels: String?
    @Option(VAESettings.labelEstimator) var labelEstimator: String?
  }
}
