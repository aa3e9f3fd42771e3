import ArgumentParser
import Experiments
import Runs

struct TrainVAE: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae",
    abstract: "Train an autoencoder with discrete latents on binary images.",
    discussion: """
      Leaves a run folder with the settings, the curves, checkpoints and a picture. Bounds are evidence lower bounds of hard \
      samples, in nats per image, the higher the better; what is descended, where that is another objective, is printed beside \
      them. With --labels some labels are known, and the others are latents too.

      ESTIMATORS, with the defaults of their options
      \(indented(EstimatorName.allCases.filter { $0 != .controlVariate && !$0.isOfOrders }.map { usage($0.rawValue, $0.options) }))
      \(EstimatorName.baselineHelp) With --kl sampled those that relax do not fit.

      OPTIMIZERS
      \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

      SCHEDULES
      \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
      """)

  @OptionGroup(title: "Model") var model: VAEOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Run") var place: RunOptions

  func run() throws {
    try TrainingRun(model: .vae, modelSettings: model.settings, training: training, place: place)
      .start()
  }
}

/// What the model is.
struct VAEOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "latent", "bernoulli:N, or categorical:VARIABLESxCLASSES.", "latent", of: .vae))
  var latent: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "hidden",
      "Sizes of deterministic layers of the encoder, and in reverse of the decoder, which make them nonlinear.",
      "sizes", of: .vae))
  var hidden: String?
  @Option(
    parsing: .unconditional, help: settingHelp("prior", "learned or uniform.", "prior", of: .vae))
  var prior: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "kl", "analytic, the divergence in closed form, or sampled with the rest.", "how", of: .vae))
  var kl: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "estimator", "How gradients are estimated, listed above.", "name[:key=value,...]", of: .vae))
  var estimator: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "labels", "Number of training images whose labels are used; the others' are latent.", "n",
      of: .vae))
  var labels: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "label-estimator", "What sums latent labels out, or samples them.", "name[:key=value,...]",
      of: .vae))
  var labelEstimator: String?

  var settings: [(key: String, text: String?)] {
    [
      ("latent", latent), ("hidden", hidden), ("prior", prior), ("kl", kl),
      ("estimator", estimator), ("labels", labels), ("label-estimator", labelEstimator),
    ]
  }
}
