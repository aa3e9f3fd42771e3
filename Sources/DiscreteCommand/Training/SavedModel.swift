import ArgumentParser
import Datasets
import Experiments
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// Which trained model a verb reads.
struct SavedModelOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
  @Option(
    help: "last, or best: that with the highest validation bound.")
  var checkpoint = "last"

  func model() throws -> SavedModel { try SavedModel(run: path, checkpoint: checkpoint) }
}

/// A trained model in a run folder.
struct SavedModel {
  let folder: RunFolder
  let configuration: TrainingConfiguration
  /// The checkpoint that is read.
  let path: String
  /// Size of an image.
  let width: Int
  let height: Int
  /// Values of the label, where the model has one.
  private let labelCount: Int?

  init(run: String, checkpoint: String) throws {
    let choice = try CheckpointChoice(named: checkpoint)
    folder = try RunFolder(opening: run)
    configuration = try TrainingConfiguration(of: folder)
    path = choice.path(in: folder)
    let outline = try Checkpoint.outline(of: path)
    (width, height) = (try outline.size("width"), try outline.size("height"))
    try outline.checkAxis(width * height, "images of \(width) x \(height)")
    labelCount = outline.metadata["labels"] == nil ? nil : try outline.size("labels")
    if let labelCount { try outline.checkAxis(labelCount, "\(labelCount) labels") }
  }

  /// The data set of that name or folder, or the run's own; its images have the size of the model's.
  func images(_ name: String?) throws -> ImageData {
    let name = name ?? configuration.data
    let data = try loadImages(name, holdOut: configuration.holdsOut)
    guard data.test.width == width && data.test.height == height else {
      throw Failure(
        .badData,
        "\(name): images of \(data.test.width) x \(data.test.height), the model has \(width) x \(height)"
      )
    }
    return data
  }

  /// Hands the restored model to a task.
  func withModel<Task: SavedModelTask>(_ task: Task) throws -> Task.Output {
    let labelled = labelCount.map {
      LabelledExamples(placeholderOf: width * height, labelCount: $0)
    }
    return try configuration.withModel(
      mean: .zeros([width * height]), labelled: labelled, Restoring(path: path, task: task))
  }
}

/// What is done with a restored model.
protocol SavedModelTask {
  associatedtype Output
  func run(_ model: some LatentVariableModel) throws -> Output
}

private struct Restoring<Task: SavedModelTask>: ModelTask {
  typealias Output = Task.Output

  let path: String
  let task: Task

  func run<Model: LatentVariableModel>(
    _ model: Model, _ estimators: Model.Estimators
  ) throws -> Output {
    var model = model
    _ = try Checkpoint.restore(
      &model, from: path, ignoring: ["estimator", "optimizer"])
    try model.checkFinite(in: path)
    return try task.run(model)
  }
}
