import ArgumentParser
import Datasets
import Formats
import Models
import Runs
import Tensors

/// The codes of a data set under a trained model.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the most probable latent codes of images as NPY.",
    discussion:
      "One row of 0 and 1 per image: the first layer's latents, or one-hot classes for a mixture.")

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
  @Option(help: "A folder of IDX files or a data set's name; the run's own data by default.")
  var data: String?
  @Option(help: "train, validation or test.") var part = "test"
  @Option(help: "last or best.") var checkpoint = "last"
  @Option(help: "The file to write; codes-PART.npy in the run folder by default.")
  var out: String?

  func run() throws {
    let saved = try SavedModel(run: path, checkpoint: checkpoint)
    let all = try loadImages(data ?? saved.configuration.data)
    let parts = ["train": all.training, "validation": all.validation, "test": all.test]
    guard let images = parts[part] else {
      throw CommandFailure(.usage, unknown("part", part, among: parts.keys.sorted()))
    }
    guard images.width == saved.width && images.height == saved.height else {
      throw CommandFailure(
        .badData,
        "\(data ?? saved.configuration.data): images of \(images.width) x \(images.height), the model has \(saved.width) x \(saved.height)"
      )
    }
    let codes = try saved.withModel(
      EncodeTask(configuration: saved.configuration, images: images))
    let target = out ?? saved.folder.file("codes-\(part).npy")
    try atomicWrite(NPY.encode(codes), to: target)
    print("\(target)   \(codes.shape[0]) x \(codes.shape[1])")
  }
}

private struct EncodeTask: SavedModelTask {
  let configuration: TrainingConfiguration
  let images: ImageSet

  func run(_ model: some LatentVariableModel) -> Bits {
    let batches = Batches(
      evaluating: images, size: 500, binarisation: configuration.binarisation,
      seed: configuration.seed)
    return Bits(
      concatenate((0..<batches.count).map { model.codes(of: batches[$0]).tensor }, along: 0))
  }
}
