import Datasets
import Models
import Runs

/// The settings of `train belief-network` and `train vae`.
public enum BoundSettings {
  public static let data = Setting.text(
    "data", "glyphs", "A folder of IDX files, or a name that 'discrete data list' shows.",
    "folder|name")
  public static let holdOut = Setting.flag(
    "hold-out", true,
    "Keep the validation images out of training where they are the last sixth of its images, as in MNIST."
  )
  public static let binarize = Setting.choice(
    "binarize", Binarize.dynamic,
    "dynamic (redrawn at every visit), static (drawn once) or threshold.", "how")
  public static let layers = Setting.sizes(
    "layers", "200", most: 3, "Sizes of one to three stochastic layers, as in 200,200.")
  public static let hidden = Setting.sizes(
    "hidden", "",
    "Sizes of deterministic layers of every link or encoder, which make it nonlinear.")
  public static let layeredLatent = Setting.latent(
    nil, mostLayers: 3,
    "bernoulli:SIZES, or categorical:VARIABLESxCLASSES for a mixture; instead of layers.")
  public static let latent = Setting.latent(
    "bernoulli:200", mostLayers: 1, "bernoulli:N, or categorical:VARIABLESxCLASSES.")
  static func prior(_ standard: Prior) -> Setting<Prior> {
    Setting.choice("prior", standard, "learned or uniform, of Bernoulli latents.")
  }
  public static let divergence = Setting.choice(
    "kl", Divergence.analytic,
    "analytic, the divergence in closed form, or sampled with the rest.", "how")
  static func estimator(_ standard: String) -> Setting<[Specification]> {
    Setting.estimators(
      standard,
      "How gradients are estimated, listed above; one for all layers or one for each, with commas.")
  }
  public static let labels = Setting.whole(
    "labels", nil, in: 1...1_000_000,
    "Number of training images whose labels are used; the others' are latent.")
  public static let labelEstimator = Setting.estimator(
    "label-estimator", "exact", "What sums latent labels out, or samples them.")
  public static let optimizer = Setting.optimizer
  public static let learningRate = Setting.learningRate
  public static let schedule = Setting.schedule
  public static let batchSize = Setting.whole(
    "batch-size", 100, in: 1...1_000_000, "Images in a batch.", "images")
  public static let epochs = Setting.whole(
    "epochs", 20, in: 1...1_000_000, "How often every image is visited.", "epochs")
  public static let steps = Setting.whole(
    "steps", nil, in: 1...Int.max, "Steps, instead of epochs.", "steps")
  public static let minutes = Setting.number(
    "minutes", nil, in: 0.001..<100_000, "Minutes of training, instead of epochs.", "minutes")
  public static let patience = Setting.whole(
    "patience", nil, in: 1...1_000_000,
    "Stop early, after so many epochs without a better validation bound.", "epochs")
  public static let seed = Setting.runSeed
  public static let diagnostics = Setting.whole(
    "diagnostics", nil, in: 1...1_000_000_000,
    "Log the gradient's variance and signal-to-noise ratio by layer every so many steps.", "steps")

  static func all(of model: BoundModel) -> [any SettingDescription] {
    let own: [any SettingDescription] =
      switch model {
      case .beliefNetwork:
        [layers, hidden, layeredLatent, prior(.learned), estimator("nvil")]
      case .vae:
        [
          latent, hidden, prior(.uniform), divergence,
          estimator("reinforce:baseline=leave-one-out"), labels, labelEstimator,
        ]
      }
    return [Setting.model(model.rawValue), data, holdOut, binarize] + own
      + [optimizer, learningRate, schedule, batchSize] + lengths
      + [patience, seed, diagnostics]
  }

  static let lengths: [any SettingDescription] = [epochs, steps, minutes]
}
