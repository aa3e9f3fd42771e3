import ArgumentParser
import Formats
import Models
import Runs
import Tensors

/// New examples from a trained model, as a picture.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw samples of a run's model into a PNG.")

  @OptionGroup var source: SavedModelOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Number of samples.", valueName: "n"))
  var count = 100
  @Option(parsing: .unconditional, help: "What the samples are drawn from.") var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp(
      "The picture. (default: samples/samples-SEED.png in the run folder)", valueName: "file"))
  var out: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    guard count >= 1 && count <= 10_000 else {
      throw CommandFailure(.usage, "count is '\(count)', not a whole number from 1 to 10000")
    }
    let saved = try source.model()
    let images = try saved.withModel(SampleTask(count: count, seed: seed))
    var grid = ImageGrid(width: saved.width, height: saved.height, columns: min(20, count))
    grid.append(images)
    let target = out ?? saved.folder.file("samples/samples-\(seed).png")
    try atomicWrite(grid.png(), to: target)
    if json {
      print(["file": JSON(target), "samples": JSON(count)] as JSON)
    } else {
      print(target)
    }
  }
}

private struct SampleTask: SavedModelTask {
  let count: Int
  let seed: UInt64

  func run(_ model: some LatentVariableModel) -> Tensor {
    var generator = Philox(seed: seed)
    return model.samples(count, using: &generator)
  }
}
