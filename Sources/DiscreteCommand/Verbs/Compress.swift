import ArgumentParser
import Datasets
import Experiments
import Formats
import Runs

/// Writes images by a trained model, or by the context coder.
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compress binary images by a trained model, without loss.",
    discussion: """
      A run of belief-network or vae writes about as many bits as its bound says, by bits back; one of made needs no first bits. 'context' in place of a run is \
      the adaptive coder with JBIG's template, which needs no training.
      """)

  @Argument(help: ArgumentHelp("A run folder, or 'context'.", valueName: "run|context"))
  var model: String
  @Option(
    help: ArgumentHelp(
      "A folder of IDX files, or a name that 'discrete data list' shows.", valueName: "folder|name")
  )
  var data: String
  @Option(help: "test, validation or training.") var part = "test"
  @Option(help: "How gray pixels become bits: threshold, or fixed, a coin tossed once.")
  var binarize: String?
  @Option(help: "Pixels of the context: 10, 12 or 16. (default: 10)") var template: Int?
  @Option(help: "last, or best: that with the highest validation bound.") var checkpoint = "last"
  @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out: String
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    try refuseExistingFile(out)
    let all = try loadImages(data)
    let parts = ["training": all.training, "validation": all.validation, "test": all.test]
    guard let images = parts[part] else {
      throw Failure(.usage, unknown("part", part, among: parts.keys.sorted()))
    }
    let written = try compressed(images)
    try written.write(to: out)
    let rate = Double(written.bits) / Double(written.symbols)
    guard json else {
      return print(
        "\(out)   \(written.images) images, \(written.bits) bits, \(decimal(rate, 4)) bits a pixel, \(written.seedBits) of the bits are seed"
      )
    }
    let values: JSON = [
      "file": JSON(out), "images": JSON(written.images), "symbols": JSON(written.symbols),
      "bits": JSON(written.bits), "bits_per_symbol": JSON(rate),
      "seed_bits": JSON(written.seedBits),
    ]
    print(values)
  }

  private func compressed(_ images: ImageSet) throws -> CompressedImages {
    let ways: [String: Binarization] = ["threshold": .threshold, "fixed": .fixed(seed: 1)]
    if let binarize, ways[binarize] == nil {
      throw Failure(.usage, unknown("binarize", binarize, among: ways.keys.sorted()))
    }
    let binarized = binarize.flatMap { ways[$0] }
    if model == "context" {
      return try CompressedImages(images, binarized: binarized, template: template ?? 10)
    }
    guard template == nil else {
      throw Failure(.usage, "--template is for the context coder, not for a run")
    }
    return try CompressedImages(
      images, binarized: binarized,
      by: CodedRun(run: model, checkpoint: CheckpointChoice(named: checkpoint)))
  }
}
