import Formats
import Runs

/// The settings of a model of images that is trained on its bound, parsed.
struct BoundConfiguration: Sendable {
  let model: BoundModel
  let run: ImageTraining
  let latents: Latents
  let hidden: [Int]
  let prior: Prior
  let posterior: Posterior
  /// For each stochastic layer, nearest to the data first, or one for all.
  let estimators: [Specification]
  /// Whether an autoencoder's divergence is in closed form, and not sampled with the rest.
  let isDivergenceAnalytic: Bool
  /// Number of training images whose labels are used, and what estimates the others'; `nil` without
  /// labels.
  let labels: (count: Int, estimator: Specification)?
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
    run = try ImageTraining(&settings)
    hidden = try settings[BoundSettings.hidden]
    diagnostics = try settings[ifSet: BoundSettings.diagnostics]

    given = settings
    try settings.checkExclusive(["layers", "latent"])

    switch model {
    case .beliefNetwork:
      let layers = try settings[ifSet: BeliefNetworkSettings.layers]
      let latent = try settings[ifSet: BeliefNetworkSettings.latent]
      latents = latent ?? .bernoulli(layers ?? [])
      if case .structure? = latent {
        throw settings.failure(
          "latent is '\(latents.text)', a structure, which models of 'train vae' have",
          of: BeliefNetworkSettings.latent.key)
      }
      if latent != nil { settings.clear(BeliefNetworkSettings.layers.key) }
      prior = try settings[BeliefNetworkSettings.prior]
      if case .categorical = latents {
        if settings.isSet(BeliefNetworkSettings.prior.key) && prior != .uniform {
          throw settings.failure(
            "prior is '\(prior.rawValue)', that of categorical latents is uniform",
            of: BeliefNetworkSettings.prior.key)
        }
        settings.clear(BeliefNetworkSettings.prior.key)
      }
      estimators = try settings[BeliefNetworkSettings.estimator]
      (isDivergenceAnalytic, labels, posterior) = (false, nil, .factorized)
    case .vae:
      latents = try settings[VAESettings.latent]
      prior = try settings[VAESettings.prior]
      estimators = try settings[VAESettings.estimator]
      posterior = try settings[VAESettings.posterior]
      let isOfSeveral = estimators.contains { EstimatorCatalogue[$0.name]?.isOfBound == true }
      isDivergenceAnalytic =
        try settings[ifSet: VAESettings.divergence] == .analytic && posterior == .factorized
        && !isOfSeveral
      let labelEstimator = try settings[ifSet: VAESettings.labelEstimator]
      labels = try settings[ifSet: VAESettings.labels].flatMap { count in
        labelEstimator.map { (count, $0) }
      }
      settings = try settings.clearingIdle([
        (VAESettings.labelEstimator.key, labels != nil, "runs with labels"),
        (VAESettings.divergence.key, !isOfSeveral, "estimators other than vimco"),
      ])
      if posterior == .made {
        let key = VAESettings.divergence.key
        guard try !settings.isSet(key) || settings[VAESettings.divergence] == .sampled else {
          throw settings.failure(
            "kl is 'analytic', and that of a posterior 'made' has no closed form and is sampled",
            of: key)
        }
        if !settings.isSet(key) { settings.clear(key) }
      }
    }
    let networks = [
      (VAESettings.prior.key, prior == .made), (VAESettings.posterior.key, posterior == .made),
    ]
    for (key, isMasked) in networks where isMasked && model == .vae {
      guard latents.areBits else {
        throw settings.failure(
          "\(key) is 'made', which is of bits, and latent is '\(latents.text)'", of: key)
      }
      if labels != nil {
        throw settings.failure("\(key) is 'made', which models with labels do not have", of: key)
      }
    }
    guard [1, latents.layerCount].contains(estimators.count) else {
      throw settings.failure(
        "estimator is '\(settings["estimator"] ?? "")', \(estimators.count) estimators for \(latents.layerCount) layer\(latents.layerCount == 1 ? "" : "s")",
        of: "estimator")
    }
    self.settings = settings
  }

  /// The hidden layers of a prior that is a masked network; `nil` for one that is none.
  var priorHidden: [Int]? { prior == .made ? Self.maskedHidden : nil }

  /// The hidden layers of a masked network over latents.
  static let maskedHidden = [500]

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
    let name = try Settings.model(of: folder) ?? ""
    guard let model = BoundModel(rawValue: name) else {
      let names = BoundModel.allCases.map(\.rawValue).joined(separator: "' or '")
      throw Failure(.usage, "\(folder.path): a run of '\(name)', expected one of '\(names)'")
    }
    try self.init(Settings(of: folder, model.settings), of: model)
  }
}
