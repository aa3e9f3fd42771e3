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
    _ model: Model, _ estimators: Model.Estimators
  ) throws -> JSON {
    try run(Trained(model: model, estimators: estimators), configuration.optimizer)
  }

  private func run<Model: LatentVariableModel>(
    _ trained: Trained<Model, Model.Estimators>, _ optimizer: some Optimizer
  ) throws -> JSON {
    var trainer = Trainer(
      trained, optimizer: optimizer, learningRate: configuration.learningRate,
      schedule: configuration.schedule)
    var progress = RunProgress()
    if isResumed {
      let metadata = try Checkpoint.restore(&trainer, from: folder.lastCheckpoint)
      try trainer.model.model.checkFinite(in: folder.lastCheckpoint)
      trainer.resume(
        at: try metadata.whole("step", in: 0...JSON.mostWhole, of: folder.lastCheckpoint))
      progress = try RunProgress(metadata: metadata, of: folder.lastCheckpoint)
    }
    var session = try Session(
      configuration, data: data, folder: folder, trainer: trainer, progress: progress,
      isQuiet: isQuiet)
    return try session.run()
  }
}
