import ArgumentParser
import Datasets
import Experiments
import Formats
import Runs
import Tensors

/// The codes of a data set under a trained model.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the most probable latent codes of images as NPY.",
    discussion:
      "One row of 0 and 1 per image: the first layer's latents, or one-hot classes for a mixture.")

  @OptionGroup var source: SavedModelOptions
  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, or a name that 'discrete data list' shows. (default: the run's own data)",
      valueName: "folder|name"))
  var data: String?
  @Option(help: "train, validation or test.") var part = "test"
  @Option(
    help: ArgumentHelp(
      "The file to write. (default: codes-PART.npy in the run folder)", valueName: "file"))
  var out: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let saved = try source.images()
    let all = try saved.data(data)
    let parts = ["train": all.training, "validation": all.validation, "test": all.test]
    guard let images = parts[part] else {
      throw Failure(.usage, unknown("part", part, among: parts.keys.sorted()))
    }
    let codes = saved.encode(images)
    let target = out ?? saved.folder.file("codes-\(part).npy")
    try atomicWrite(NPY.encode(codes), to: target)
    if json {
      let values: JSON = [
        "file": JSON(target), "images": JSON(codes.shape[0]), "bits": JSON(codes.shape[1]),
      ]
      print(values)
    } else {
      print("\(target)   \(codes.shape[0]) x \(codes.shape[1])")
    }
  }
}
