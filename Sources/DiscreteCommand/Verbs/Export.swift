import ArgumentParser
import Experiments
import Formats
import Runs

/// A trained model in the form of another library.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's model for PyTorch.",
    discussion: """
      Leaves a folder with a safetensors file in PyTorch's layouts and a Python module, whose load() returns the model with these \
      weights; for a model of texts also the texts of its tokens.

      EXAMPLE
       discrete export runs/vae --to pytorch --out vae
       python3 -c 'import sys; sys.path.append("vae"); import model; print(model.load())'
      """)

  @OptionGroup var source: SavedModelOptions
  @Option(help: ArgumentHelp("The library: pytorch.", valueName: "name")) var to: String
  @Option(
    help: ArgumentHelp("The folder. (default: pytorch in the run folder)", valueName: "folder"))
  var out: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    guard to == "pytorch" else {
      throw Failure(.usage, unknown("library", to, among: ["pytorch"]))
    }
    let export = try PyTorchExport(run: source.path, checkpoint: source.choice())
    let folder = out ?? "\(source.path)/pytorch"
    let files = try export.write(to: folder).map { "\(folder)/\($0)" }
    if json {
      print(["files": .array(files.map { JSON($0) })] as JSON)
    } else {
      for file in files { print(file) }
    }
  }
}
