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
      """
      One row of 0 and 1 per image, whose columns are said: the first layer's bits, or one-hot classes; before these the most \
      probable label, one-hot, where the model has one. Gray pixels become bits by --binarize, which need not be the one that the \
      run was trained with.

      EXAMPLE
       discrete encode runs/vae --part train --out codes.npy
      """)

  @OptionGroup var source: SavedModelOptions
  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, or a name that 'discrete data list' shows. (default: the run's own data)",
      valueName: "folder|name"))
  var data: String?
  @Option(help: "train, validation or test.") var part = "test"
  @Option(
    help: "threshold (one above half), static (a coin, tossed once) or dynamic (a coin).")
  var binarize = "threshold"
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
    guard let how = Binarize(rawValue: binarize) else {
      throw Failure(.usage, unknown("binarize", binarize, among: Binarize.allCases.map(\.rawValue)))
    }
    let codes = saved.encode(images, binarize: how)
    let target = out ?? saved.folder.file("codes-\(part).npy")
    try atomicWrite(NPY.encode(codes), to: target)
    if json {
      let values: JSON = [
        "file": JSON(target), "images": JSON(codes.shape[0]), "bits": JSON(codes.shape[1]),
        "binarize": JSON(binarize), "columns": .array(saved.codeColumns.map(\.json)),
      ]
      print(values)
    } else {
      print("\(target)   \(codes.shape[0]) x \(codes.shape[1]), of bits by \(binarize)")
      for columns in saved.codeColumns { print(columns.description) }
    }
  }
}
