import Datasets
import Formats
import Learning
public import Runs

/// A belief network, or a mixture with discrete latents, trained on binary images.
public struct BeliefNetworkExperiment: Experiment {
  public static let model = BoundModel.beliefNetwork.rawValue
  public static var settings: [any SettingDescription] { BeliefNetworkSettings.all }
  public static var lengths: [any SettingDescription] { BoundSettings.lengths }
  public static var alternatives: [[String]] {
    [[BeliefNetworkSettings.layers.key, BeliefNetworkSettings.latent.key]]
  }

  private let configuration: BoundConfiguration

  public init(_ settings: Settings) throws {
    configuration = try BoundConfiguration(settings, of: .beliefNetwork)
  }

  public var settings: Settings { configuration.settings }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    try configuration.prepare(tell: tell, stop)
  }
}

/// An autoencoder with discrete latents, trained on binary images with labels or without.
public struct VAEExperiment: Experiment {
  public static let model = BoundModel.vae.rawValue
  public static var settings: [any SettingDescription] { VAESettings.all }
  public static var lengths: [any SettingDescription] { BoundSettings.lengths }

  private let configuration: BoundConfiguration

  public init(_ settings: Settings) throws {
    configuration = try BoundConfiguration(settings, of: .vae)
  }

  public var settings: Settings { configuration.settings }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    try configuration.prepare(tell: tell, stop)
  }
}

extension BoundConfiguration {
  /// Reads the data, chooses the estimator that `auto` stands for, and makes the training.
  fileprivate func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    let data = try images(stop)
    let labeled = try labeled(from: data, stop)
    var (configuration, files): (BoundConfiguration, [(name: String, content: JSON)]) = (self, [])
    if estimators[0].name == EstimatorCatalogue.auto {
      let (chosen, reason, table) = try AutoEstimator(self, data, labeled, stop).choose(tell: tell)
      for line in reason { tell(line) }
      (configuration, files) = (chosen, [(AutoEstimator.file, table)])
    }
    try stop()
    let made = try configuration.makeModel(mean: data.training.mean, labeled: labeled)
    try stop()
    return Preparation(
      try configuration.training(of: made.trained, configuration.optimizer, on: data),
      data: data.digest, counts: data.counts(of: self.data, labels: labels?.count),
      settings: configuration.settings, files: files)
  }

  private func training(
    of trained: some TrainedImages, _ optimizer: some Optimizer, on data: ImageData
  ) throws -> any Job {
    let epoch = batches(of: data).batchesPerEpoch
    return Training(
      BoundTask(self, data, of: trained),
      Trainer(
        trained, optimizer: optimizer, learningRate: learningRate,
        schedule: try schedule(perEpoch: epoch)),
      seed: seed, length: trainingLength(perEpoch: epoch),
      evaluateEvery: evaluateEvery.steps(perEpoch: epoch), logEvery: logEvery,
      diagnoseEvery: diagnostics, patience: patience, shards: shards)
  }
}

extension ImageData {
  /// The data that a run learns from, for people.
  func counts(of path: String, labels: Int? = nil) -> String {
    let labeled = labels.map { ", \($0) of them labeled" } ?? ""
    return
      "\(path), \(training.count) training images\(labeled), \(validation.count) for validation, \(test.count) for the test, of \(test.width) x \(test.height)"
  }
}
