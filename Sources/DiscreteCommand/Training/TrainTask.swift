import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// Trains a model from the start, or on from the checkpoint of its folder.
struct TrainTask: ModelTask {
  typealias Output = JSON

  let configuration: TrainingConfiguration
  let data: ImageData
  let folder: RunFolder
  let isResumed: Bool
  let isQuiet: Bool

  func run<Model: LatentVariableModel>(
    _ model: Model, _ estimators: LayerEstimators<Model.Latents>
  ) throws -> JSON {
    let trained = Trained(model: model, estimators: estimators)
    let specification = configuration.optimizer
    switch specification.name {
    case "adam":
      try specification.allow(["beta1", "beta2", "epsilon"])
      return try run(
        trained,
        Adam(
          beta1: try specification.number("beta1", in: 0..<1, default: 0.9).scalar,
          beta2: try specification.number("beta2", in: 0..<1, default: 0.999).scalar,
          epsilon: try specification.number("epsilon", in: 1e-30..<1, default: 1e-8).scalar))
    case "sgd":
      try specification.allow(["momentum", "nesterov"])
      return try run(
        trained,
        SGD(
          momentum: try specification.number("momentum", in: 0..<1, default: 0).scalar,
          isNesterov: specification.option("nesterov") == "true"))
    case "rmsprop":
      try specification.allow(["decay", "epsilon"])
      return try run(
        trained,
        RMSProp(
          decay: try specification.number("decay", in: 0..<1, default: 0.9).scalar,
          epsilon: try specification.number("epsilon", in: 1e-30..<1, default: 1e-8).scalar))
    default:
      throw SettingError(
        unknown("optimizer", specification.name, among: ["adam", "sgd", "rmsprop"]))
    }
  }

  private func run<Model: LatentVariableModel>(
    _ trained: Trained<Model, LayerEstimators<Model.Latents>>, _ optimizer: some Optimizer
  ) throws -> JSON {
    var trainer = Trainer(
      trained, optimizer: optimizer, learningRate: configuration.learningRate,
      schedule: configuration.schedule)
    var progress = RunProgress()
    if isResumed {
      let metadata = try Checkpoint.restore(&trainer, from: folder.lastCheckpoint)
      guard let step = metadata["step"].flatMap(Int.init) else {
        throw FormatError(.malformed, "\(folder.lastCheckpoint): no step in its metadata")
      }
      trainer.resume(at: step)
      progress = RunProgress(metadata: metadata)
    }
    var session = Session(
      configuration, data: data, folder: folder, trainer: trainer, progress: progress,
      isQuiet: isQuiet)
    return try session.run()
  }
}

extension Double {
  fileprivate var scalar: Scalar { Scalar(self) }
}
