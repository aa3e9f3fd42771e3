import ArgumentParser
import Experiments
import Formats
import Runs

/// Reads what `compress` has written.
struct Decompress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the images of a compressed file as IDX, of 0 and 255, or its text.")

  @Argument(help: ArgumentHelp("What 'discrete compress' has written.", valueName: "file"))
  var file: String
  @Option(help: ArgumentHelp("The run whose model wrote it.", valueName: "run")) var model: String?
  @Option(help: "last, or best: that with the highest validation bound.") var checkpoint = "last"
  @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out: String
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    try refuseExistingFile(out)
    let read = try DecompressedFile(
      file, run: model, checkpoint: CheckpointChoice(named: checkpoint))
    try read.write(to: out)
    print(
      json
        ? JSON.object([.init("file", JSON(out)), read.member]).description : "\(out)   \(read.line)"
    )
  }
}
