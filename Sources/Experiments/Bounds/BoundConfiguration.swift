import Datasets
import Formats
import Learning
import Runs

/// The settings of a model of images that is trained on its bound, parsed.
struct BoundConfiguration: Sendable {
  /// When training ends.
  enum Length {
    case steps(Int)
    case epochs(Int)
    case minutes(Double)

    /// Steps of the whole run where epochs have so many; `nil` for a run of minutes.
    func steps(perEpoch: Int) -> Int? {
      switch self {
      case .steps(let steps): steps
      case .epochs(let epochs): epochs * perEpoch
      case .minutes: nil
      }
    }

    /// When a training ends whose epochs have so many steps.
    func training(perEpoch: Int) -> TrainingLength {
      switch self {
      case .steps(let steps): .steps(steps)
      case .epochs(let epochs): .steps(epochs * perEpoch)
      case .minutes(let minutes): .minutes(minutes)
      }
    }
  }

  let model: BoundModel
  let data: String
  /// Whether validation images are kept out of training where the data have none of their own.
  let holdsOut: Bool
  let binarization: Binarization
  let latents: Latents
  let hidden: [Int]
  let learnsPrior: Bool
  /// For each stochastic layer, nearest to the data first, or one for all.
  let estimators: [Specification]
  /// Whether an autoencoder's divergence is in closed form, and not sampled with the rest.
  let isDivergenceAnalytic: Bool
  /// Number of training images whose labels are used, and what estimates the others'; `nil` without
  /// labels.
  let labels: (count: Int, estimator: Specification)?
  let optimizer: any Optimizer
  let learningRate: Double
  let batchSize: Int
  let shards: Int
  let length: Length
  let evaluateEvery: EvaluationInterval
  /// Steps between two lines of training figures.
  let logEvery: Int
  /// Evaluations without a better validation bound after which training stops.
  let patience: Int?
  let seed: UInt64
  /// Steps between two diagnostics, `nil` for none.
  let diagnostics: Int?
  /// The settings in force and their origins; settings ruled out by another are removed.
  let settings: Settings
  private let given: Settings

  /// - Parameter model: the model that the settings are for.
  init(_ settings: Settings, of model: BoundModel) throws {
    self.model = model
    var settings = settings
    _ = try settings[Setting.model(model.rawValue)]
    data = try BoundConfiguration.locate(&settings)
    holdsOut = try settings[BoundSettings.holdOut]
    seed = try settings[BoundSettings.seed]
    binarization = try settings[BoundSettings.binarize].binarization(seed: seed)
    hidden = try settings[BoundSettings.hidden]
    optimizer = try settings.optimizer(BoundSettings.optimizer)
    learningRate = try settings[BoundSettings.learningRate]
    batchSize = try settings[BoundSettings.batchSize]
    shards = try settings.shards(of: batchSize, "images")
    evaluateEvery = try settings[BoundSettings.evaluateEvery]
    logEvery = try settings[BoundSettings.logEvery]
    patience = try settings[ifSet: BoundSettings.patience]
    diagnostics = try settings[ifSet: BoundSettings.diagnostics]

    given = settings
    length = try BoundConfiguration.length(of: &settings)
    try settings.checkExclusive(["layers", "latent"])

    switch model {
    case .beliefNetwork:
      let layers = try settings[ifSet: BeliefNetworkSettings.layers]
      let latent = try settings[ifSet: BeliefNetworkSettings.latent]
      latents = latent ?? .bernoulli(layers ?? [])
      if latent != nil { settings.clear(BeliefNetworkSettings.layers.key) }
      learnsPrior = try settings[BeliefNetworkSettings.prior] == .learned
      if case .categorical = latents {
        if settings.isSet(BeliefNetworkSettings.prior.key) && learnsPrior {
          throw settings.failure(
            "prior is 'learned', that of categorical latents is uniform",
            of: BeliefNetworkSettings.prior.key)
        }
        settings.clear(BeliefNetworkSettings.prior.key)
      }
      estimators = try settings[BeliefNetworkSettings.estimator]
      (isDivergenceAnalytic, labels) = (false, nil)
    case .vae:
      latents = try settings[VAESettings.latent]
      learnsPrior = try settings[VAESettings.prior] == .learned
      estimators = try settings[VAESettings.estimator]
      isDivergenceAnalytic = try settings[ifSet: VAESettings.divergence] == .analytic
      let labelEstimator = try settings[ifSet: VAESettings.labelEstimator]
      labels = try settings[ifSet: VAESettings.labels].flatMap { count in
        labelEstimator.map { (count, $0) }
      }
      settings = try settings.clearingIdle([
        (VAESettings.labelEstimator.key, labels != nil, "runs with labels"),
        (
          VAESettings.divergence.key,
          !estimators.contains { EstimatorCatalogue[$0.name]?.isOfBound == true },
          "estimators other than vimco"
        ),
      ])
    }
    guard [1, latents.layerCount].contains(estimators.count) else {
      throw settings.failure(
        "estimator is '\(settings["estimator"] ?? "")', \(estimators.count) estimators for \(latents.layerCount) layer\(latents.layerCount == 1 ? "" : "s")",
        of: "estimator")
    }
    self.settings = settings
    _ = try schedule(perEpoch: 1)
  }

  /// The data; a folder by its path from the root.
  static func locate(_ settings: inout Settings) throws -> String {
    let key = BoundSettings.data.key
    if let name = settings[key], name != "glyphs", try fileExists(name) {
      try settings.makeAbsolute(key)
    }
    return try settings[BoundSettings.data]
  }

  /// When training ends; the number of epochs is unset where something else says so.
  static func length(of settings: inout Settings) throws -> Length {
    let minutes = try settings[ifSet: BoundSettings.minutes]
    let steps = try settings[ifSet: BoundSettings.steps]
    let epochs = try settings[ifSet: BoundSettings.epochs]
    try settings.checkExclusive(BoundSettings.lengths.map(\.key))
    if minutes != nil || steps != nil { settings.clear(BoundSettings.epochs.key) }
    return minutes.map { .minutes($0) } ?? steps.map { .steps($0) } ?? .epochs(epochs ?? 1)
  }

  /// The same with the estimator that measuring has found.
  func with(estimator text: String) throws -> BoundConfiguration {
    var settings = given
    try settings.set("estimator", to: text, from: .measured)
    return try BoundConfiguration(settings, of: model)
  }
}

extension BoundConfiguration {
  /// The configuration of the run in a folder.
  init(of folder: RunFolder) throws {
    let name = try Settings.text(of: "model", in: folder.file("config.json")) ?? ""
    guard let model = BoundModel(rawValue: name) else {
      let names = BoundModel.allCases.map(\.rawValue).joined(separator: "' or '")
      throw Failure(.usage, "\(folder.path): a run of '\(name)', expected one of '\(names)'")
    }
    try self.init(Settings(of: folder, model.settings), of: model)
  }

  /// The images, of which one batch can be made at least.
  func images(_ stop: StopCheck) throws -> ImageData {
    let data = try loadImages(data, holdOut: holdsOut)
    try stop()
    guard batchSize <= data.training.count else {
      throw settings.failure(
        "batch-size is \(batchSize), more than the \(data.training.count) training images",
        of: BoundSettings.batchSize.key)
    }
    return data
  }

  /// How the learning rate changes where epochs have so many steps.
  func schedule(perEpoch: Int) throws -> Schedule {
    try settings.schedule(BoundSettings.schedule, length: length.steps(perEpoch: perEpoch))
  }

  /// When a training ends whose epochs have so many steps.
  func trainingLength(perEpoch: Int) -> TrainingLength { length.training(perEpoch: perEpoch) }
}

extension Settings {
  /// Throws where more than one of some settings is set.
  func checkExclusive(_ keys: [String]) throws {
    let given = keys.filter(isSet)
    guard given.count <= 1 else {
      throw failure(
        "\(given.joined(separator: " and ")) are both set, and exclude each other", of: given[1])
    }
  }
}
