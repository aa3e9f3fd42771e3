import Datasets
import Formats
import Learning
import Models
public import Runs
import Tensors

/// A masked network, trained on the likelihood of binary images, or on its bound over all orders.
public struct MADEExperiment: Experiment {
  public static let model = "made"
  public static var settings: [any SettingDescription] { MADESettings.all }
  public static var lengths: [any SettingDescription] { BoundSettings.lengths }

  public let settings: Settings
  let run: ImageTraining
  private let hidden: [Int]
  private let order: MADEOrder
  /// Masks of the natural order.
  private let masks: Int

  public init(_ settings: Settings) throws {
    var settings = settings
    _ = try settings[Setting.model(Self.model)]
    run = try ImageTraining(&settings)
    hidden = try settings[MADESettings.hidden]
    guard !hidden.isEmpty else {
      throw settings.failure(
        "hidden is '', expected the size of a hidden layer at least", of: MADESettings.hidden.key)
    }
    order = try settings[MADESettings.order]
    masks = try settings[ifSet: MADESettings.masks] ?? 1
    self.settings = try settings.clearingIdle([
      (MADESettings.masks.key, order == .natural, "networks of the natural order")
    ])
  }

  /// The network before training.
  func network(mean: Tensor) throws -> any BitNetwork {
    let inputs = order == .any ? 2 * mean.count : mean.count
    let widths = [inputs] + hidden + [mean.count]
    let layers = Array(zip(widths, widths.dropFirst()))
    try settings.checkMemory(
      "training the weights for \(mean.count) inputs",
      layers.map { [2 * MemoryBudget.numbersPerWeight, $0, $1] }, of: MADESettings.hidden.key)
    try settings.checkMemory(
      "\(masks) masks", layers.map { [masks, $0, $1] }, of: MADESettings.masks.key)
    var noise = Philox(seed: run.seed, stream: .weights)
    return switch order {
    case .natural: MADE(hidden: hidden, masks: masks, mean: mean, using: &noise)
    case .any: MaskedDiffusion(hidden: hidden, mean: mean, using: &noise)
    }
  }

  public func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    let images = try run.images(stop)
    func job(_ network: some BitNetwork) throws -> any Job {
      try run.job(MADETask(run, images, of: network), of: network, on: images)
    }
    let training = try job(try network(mean: images.training.mean))
    try stop()
    return Preparation(
      training, data: images.digest, counts: images.counts(of: run.data), settings: settings)
  }
}
