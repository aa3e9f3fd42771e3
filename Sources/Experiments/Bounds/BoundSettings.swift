import Datasets
import Formats
package import Runs

/// The settings that every model of images has, which is trained on its bound.
package enum BoundSettings {
  package static let data = Setting.text(
    "data", "glyphs", "A folder of IDX files, or a name that 'discrete data list' shows.",
    "folder|name")
  package static let holdOut = Setting.flag(
    "hold-out", true,
    "Keep validation images out of training, also where they are the last sixth of its images, as in MNIST."
  )
  package static let binarize = Setting.choice(
    "binarize", Binarize.dynamic,
    "dynamic (redrawn at every visit), static (drawn once) or threshold.", "how")
  package static let hidden = Setting.sizes(
    "hidden", "",
    "Sizes of deterministic layers within every link or encoder, and in reverse its decoder.")
  package static let optimizer = Setting.optimizer
  package static let learningRate = Setting.learningRate
  package static let schedule = Setting.schedule
  package static let batchSize = Setting.whole(
    "batch-size", 100, in: 1...1_000_000, "Images in a batch.", "images")
  package static let shards = Setting.shards
  package static let epochs = Setting.whole(
    "epochs", 20, in: 1...1_000_000, "How often every image is visited.", "epochs")
  package static let steps = Setting.whole(
    "steps", nil, in: 1...Int.max, "Steps, instead of epochs.", "steps")
  package static let minutes = Setting.number(
    "minutes", nil, in: 0.001..<100_000, "Minutes of training, instead of epochs.", "minutes")
  package static let patience = Setting.whole(
    "patience", nil, in: 1...1_000_000,
    "Stop early, after so many evaluations without a better validation bound.",
    "evaluations")
  package static let evaluateEvery = Setting.evaluateEvery
  package static let logEvery = Setting.logEvery
  package static let seed = Setting.runSeed
  package static let diagnostics = Setting.whole(
    "diagnostics", nil, in: 1...1_000_000_000,
    "Log the gradient's variance and signal-to-noise ratio by layer, histograms of weights and gradients, and what fits the estimator, every so many steps.",
    "steps")

  static let lengths: [any SettingDescription] = [epochs, steps, minutes]

  /// The table of a model of images with settings of its own.
  static func table(of model: String, _ own: [any SettingDescription])
    -> [any SettingDescription]
  {
    [Setting.model(model), data, holdOut, binarize] + own
      + [Setting<String>.initialWeights, optimizer, learningRate, schedule, batchSize, shards]
      + lengths
      + [evaluateEvery, logEvery, patience, seed]
  }
}

/// The settings of `train belief-network` beside those that all models of images have.
package enum BeliefNetworkSettings {
  package static let layers = Setting<[Int]>(
    "layers", "200", "Sizes of one to three stochastic layers, as in 200,200.", "sizes",
    encode: { .array($0.map { JSON($0) }) }
  ) { (text) throws(SettingError) in try Latents.layers(text, named: "layers", most: 3) }
  package static let latent = Setting.latent(
    nil, mostLayers: 3,
    "bernoulli:SIZES, or categorical:VARIABLESxCLASSES for a mixture; instead of layers.")
  package static let prior = Setting.prior(
    .learned, "learned or uniform, or made: bits given those before, of Bernoulli latents.")
  package static let estimator = Setting.estimators("nvil")

  static let all =
    BoundSettings.table(
      of: BoundModel.beliefNetwork.rawValue,
      [layers, BoundSettings.hidden, latent, prior, estimator]
    ) + [BoundSettings.diagnostics]
}

/// The settings of `train vae` beside those that all models of images have.
package enum VAESettings {
  package static let latent = Setting.latent(
    "bernoulli:200", mostLayers: 1,
    "bernoulli:N, categorical:VARIABLESxCLASSES, or a structure as in tree:10, chain:20x5, parse:12."
  )
  package static let prior = Setting.prior(
    .uniform, "learned or uniform, or made: bits given those before.")
  package static let posterior = Setting.choice(
    "posterior", Posterior.factorized,
    "factorized, latents independent given the data, or made: bits given those before too.",
    "posterior")
  package static let divergence = Setting.choice(
    "kl", Divergence.analytic,
    "analytic, the divergence in closed form, or sampled with the rest.", "how")
  package static let estimator = Setting.estimators("reinforce:baseline=leave-one-out")
  package static let labels = Setting.whole(
    "labels", nil, in: 1...1_000_000,
    "Number of training images whose labels are used; the others' are latent.")
  package static let labelEstimator = Setting.specification(
    "label-estimator", "exact", "What sums latent labels out, or samples them.",
    completing: { EstimatorCatalogue.completed($0) }
  ) { (specification) throws(SettingError) in try EstimatorCatalogue.check(specification) }

  static let all =
    BoundSettings.table(
      of: BoundModel.vae.rawValue,
      [
        latent, BoundSettings.hidden, prior, posterior, divergence, estimator, labels,
        labelEstimator,
      ]
    ) + [BoundSettings.diagnostics]
}

/// The models of images that are trained on a bound.
enum BoundModel: String, CaseIterable {
  case beliefNetwork = "belief-network"
  case vae

  var settings: [any SettingDescription] {
    switch self {
    case .beliefNetwork: BeliefNetworkSettings.all
    case .vae: VAESettings.all
    }
  }
}

/// How gray pixels become bits, by name.
package enum Binarize: String, CaseIterable, Sendable {
  case dynamic
  case once = "static"
  case threshold

  func binarization(seed: UInt64) -> Binarization {
    switch self {
    case .dynamic: .dynamic
    case .once: .fixed(seed: seed)
    case .threshold: .threshold
    }
  }
}

/// The law of the latents before any data are seen.
package enum Prior: String, CaseIterable, Sendable { case learned, uniform, made }

/// The law of an autoencoder's latents given the data.
package enum Posterior: String, CaseIterable, Sendable { case factorized, made }

/// How the divergence of an autoencoder's bound is found.
package enum Divergence: String, CaseIterable, Sendable { case analytic, sampled }

extension Setting where Value == Prior {
  fileprivate static func prior(_ standard: Prior, _ help: String) -> Setting {
    .choice("prior", standard, help, "prior")
  }
}

extension Setting where Value == [Specification] {
  /// One estimator for all layers, or one for each.
  fileprivate static func estimators(_ standard: String) -> Setting {
    Setting(
      "estimator", standard,
      "How gradients are estimated, listed above; one for all layers or one for each, with commas.",
      "name[:key=value,...]",
      encode: { all in
        let shown = all.map { EstimatorCatalogue.completed($0).json }
        return shown.count == 1 ? shown[0] : .array(shown)
      }
    ) { (text) throws(SettingError) in
      let all = try Specification.list(text)
      for specification in all {
        try EstimatorCatalogue.check(specification)
        guard specification.name != EstimatorCatalogue.auto || all.count == 1 else {
          throw SettingError("estimator is '\(text)', but auto chooses one for all layers")
        }
      }
      return all
    }
  }
}
