import ArgumentParser
import Datasets
import Formats
import Models

/// Bounds of a trained model on held-out data.
struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run's model on test images.",
    discussion: """
      Prints the bound, which is the evidence lower bound, and the importance-weighted estimate of the log-likelihood, both in \
      nats per image.
      """)

  @OptionGroup var source: SavedModelOptions
  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, or a name that 'discrete data list' shows. (default: the run's own data)",
      valueName: "folder|name"))
  var data: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples per image, of which the likelihood's estimate rises.", valueName: "n"))
  var samples = 100
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    guard samples >= 1 && samples <= 100_000 else {
      throw CommandFailure(.usage, "samples is '\(samples)', not a whole number from 1 to 100000")
    }
    let saved = try source.model()
    let images = try saved.images(data).test
    let result = try saved.withModel(
      EvalTask(configuration: saved.configuration, images: images, samples: samples))
    guard result.bound.isFinite && result.logLikelihood.isFinite else {
      throw CommandFailure(
        .failedCheck,
        "\(saved.path): the bound is \(result.bound) and the log-likelihood \(result.logLikelihood), not finite"
      )
    }
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
        "log-likelihood   \(rounded(result.logLikelihood, 3)) nats, importance-weighted, \(result.samples) sample\(result.samples == 1 ? "" : "s")"
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
