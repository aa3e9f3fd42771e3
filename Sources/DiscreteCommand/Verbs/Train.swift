import ArgumentParser
import Experiments
import Runs

/// Trains a model and leaves a run folder.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model.",
    subcommands: [TrainBeliefNetwork.self, TrainVAE.self, TrainSequenceGAN.self, TrainSorter.self])
}

struct TrainBeliefNetwork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "belief-network",
    abstract: "Train a belief network, or a mixture with discrete latents, on binary images.",
    discussion: """
      Leaves a run folder with the settings, the curves, checkpoints and a picture. A figure called a bound is the evidence \
      lower bound in nats per image, the higher the better.

      ESTIMATORS, with the defaults of their options
      \(indented(EstimatorName.trainable.map { usage($0.rawValue, $0.options) }))
      \(EstimatorName.baselineHelp)

      OPTIMIZERS
      \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

      SCHEDULES
      \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
      """)

  @OptionGroup(title: "Model") var model: BeliefNetworkOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Run") var place: RunOptions

  func run() throws {
    try TrainingRun(
      model: .beliefNetwork, modelSettings: model.settings, training: training, place: place
    ).start()
  }
}

/// Lines of a list within help.
func indented(_ lines: [String]) -> String { lines.map { " " + $0 }.joined(separator: "\n") }

/// What the model is.
struct BeliefNetworkOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "layers", "Sizes of one to three stochastic layers, as in 200,200.", "sizes",
      of: .beliefNetwork))
  var layers: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "hidden", "Sizes of deterministic layers within every link, which make it nonlinear.",
      "sizes"))
  var hidden: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "latent",
      "bernoulli:SIZES, or categorical:VARIABLESxCLASSES for a mixture; instead of layers.",
      "latent", of: .beliefNetwork))
  var latent: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "prior", "learned or uniform, of Bernoulli latents.", "prior", of: .beliefNetwork))
  var prior: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "estimator",
      "How gradients are estimated, listed above; one for all layers or one for each, with commas.",
      "name[:key=value,...]", of: .beliefNetwork))
  var estimator: String?

  var settings: [(key: String, text: String?)] {
    [
      ("layers", layers), ("hidden", hidden), ("latent", latent), ("prior", prior),
      ("estimator", estimator),
    ]
  }
}
