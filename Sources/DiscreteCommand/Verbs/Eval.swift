import ArgumentParser
import Datasets
import Formats
import Models

/// Bounds of a trained model on held-out data.
struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run on its test images.")

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
  @Option(help: "A folder of IDX files or a data set's name; the run's own data by default.")
  var data: String?
  @Option(help: "last or best.") var checkpoint = "last"
  @Option(help: "Samples per example.") var samples = 100
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    guard samples >= 1 && samples <= 100_000 else {
      throw CommandFailure(.usage, "samples is '\(samples)', not a whole number from 1 to 100000")
    }
    let saved = try SavedModel(run: path, checkpoint: checkpoint)
    let images = try loadImages(data ?? saved.configuration.data).test
    guard images.width == saved.width && images.height == saved.height else {
      throw CommandFailure(
        .badData,
        "\(data ?? saved.configuration.data): images of \(images.width) x \(images.height), the model has \(saved.width) x \(saved.height)"
      )
    }
    let result = try saved.withModel(
      EvalTask(configuration: saved.configuration, images: images, samples: samples))
    if json {
      let values: JSON = [
        "examples": JSON(result.examples), "bound": JSON(result.bound),
        "log_likelihood": JSON(result.logLikelihood), "samples": JSON(result.samples),
      ]
      print(values)
    } else {
      print("examples         \(result.examples)")
      print("bound            \(rounded(result.bound, 3)) nats")
      print(
        "log-likelihood   \(rounded(result.logLikelihood, 3)) nats, importance-weighted, \(result.samples) samples"
      )
    }
  }
}

private struct EvalTask: SavedModelTask {
  let configuration: TrainingConfiguration
  let images: ImageSet
  let samples: Int

  func run(_ model: some LatentVariableModel) -> Evaluation {
    evaluate(
      model, on: images, binarisation: configuration.binarisation, seed: configuration.seed,
      samples: samples)
  }
}
