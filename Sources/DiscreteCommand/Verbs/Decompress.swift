import ArgumentParser
import Experiments
import Formats
import Runs

/// Reads images that `compress` has written.
struct Decompress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the images of a compressed file as IDX, of 0 and 255.")

  @Argument(help: ArgumentHelp("What 'discrete compress' has written.", valueName: "file"))
  var file: String
  @Option(help: ArgumentHelp("The run whose model wrote it.", valueName: "run")) var model: String?
  @Option(help: "last, or best: that with the highest validation bound.") var checkpoint = "last"
  @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out: String
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    try refuseExistingFile(out)
    let read = try DecompressedImages(
      file, run: model, checkpoint: CheckpointChoice(named: checkpoint))
    try read.write(to: out)
    if json {
      print(["file": JSON(out), "images": JSON(read.images)] as JSON)
    } else {
      print("\(out)   \(read.images) images")
    }
  }
}
