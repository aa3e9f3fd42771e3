import Datasets
import Formats
import Learning
import Models
public import Runs
import Tensors

/// A masked autoregressive network, trained on the likelihood of binary images.
public struct MADEExperiment: Experiment {
  public static let model = "made"
  public static var settings: [any SettingDescription] { MADESettings.all }
  public static var lengths: [any SettingDescription] { BoundSettings.lengths }

  public let settings: Settings
  let data: String
  let binarization: Binarization
  let batchSize: Int
  private let shards: Int
  let seed: UInt64
  private let hidden: [Int]
  private let holdsOut: Bool
  private let optimizer: any Optimizer
  private let learningRate: Double
  private let evaluateEvery: EvaluationInterval
  private let logEvery: Int
  private let patience: Int?
  private let length: BoundConfiguration.Length

  public init(_ settings: Settings) throws {
    var settings = settings
    _ = try settings[Setting.model(Self.model)]
    data = try BoundConfiguration.locate(&settings)
    holdsOut = try settings[BoundSettings.holdOut]
    seed = try settings[BoundSettings.seed]
    binarization = try settings[BoundSettings.binarize].binarization(seed: seed)
    hidden = try settings[MADESettings.hidden]
    guard !hidden.isEmpty else {
      throw settings.failure(
        "hidden is '', expected the size of a hidden layer at least", of: MADESettings.hidden.key)
    }
    optimizer = try settings.optimizer(BoundSettings.optimizer)
    learningRate = try settings[BoundSettings.learningRate]
    batchSize = try settings[BoundSettings.batchSize]
    shards = try settings.shards(of: batchSize, "images")
    evaluateEvery = try settings[BoundSettings.evaluateEvery]
    logEvery = try settings[BoundSettings.logEvery]
    patience = try settings[ifSet: BoundSettings.patience]
    length = try BoundConfiguration.length(of: &settings)
    self.settings = settings
    _ = try settings.schedule(BoundSettings.schedule, length: length.steps(perEpoch: 1))
  }

  /// The network before training.
  func network(mean: Tensor) throws -> MADE {
    let widths = [mean.count] + hidden + [mean.count]
    let parts = zip(widths, widths.dropFirst()).map { [2 * MemoryBudget.numbersPerWeight, $0, $1] }
    try settings.checkMemory(
      "training the weights for \(mean.count) inputs", parts, of: MADESettings.hidden.key)
    var noise = Philox(seed: seed, stream: .weights)
    return MADE(hidden: hidden, mean: mean, using: &noise)
  }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    let images = try loadImages(data, holdOut: holdsOut)
    try stop()
    guard batchSize <= images.training.count else {
      throw settings.failure(
        "batch-size is \(batchSize), more than the \(images.training.count) training images",
        of: BoundSettings.batchSize.key)
    }
    let training = try training(MADETask(self, images), optimizer, mean: images.training.mean)
    try stop()
    return Preparation(
      training,
      data: images.digest, counts: images.counts(of: data), settings: settings)
  }

  private func training(
    _ task: MADETask, _ optimizer: some Optimizer, mean: Tensor
  ) throws -> any Job {
    let epoch = task.batchesPerEpoch
    return Training(
      task,
      Trainer(
        try network(mean: mean), optimizer: optimizer, learningRate: learningRate,
        schedule: try settings.schedule(
          BoundSettings.schedule, length: length.steps(perEpoch: epoch))),
      seed: seed, length: length.training(perEpoch: epoch),
      evaluateEvery: evaluateEvery.steps(perEpoch: epoch), logEvery: logEvery, patience: patience,
      shards: shards)
  }
}
