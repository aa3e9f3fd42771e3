import ArgumentParser
import Formats
import Models
import Runs
import Tensors

/// New examples from a trained model, as a picture.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw samples of a run's model into a PNG.")

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
  @Option(help: "Number of samples.") var count = 100
  @Option(help: "Seed of the samples.") var seed: UInt64 = 1
  @Option(help: "last or best.") var checkpoint = "last"
  @Option(help: "The picture; in the run's samples folder by default.") var out: String?

  func run() throws {
    guard count >= 1 && count <= 10_000 else {
      throw CommandFailure(.usage, "count is '\(count)', not a whole number from 1 to 10000")
    }
    let saved = try SavedModel(run: path, checkpoint: checkpoint)
    let images = try saved.withModel(SampleTask(count: count, seed: seed))
    var grid = ImageGrid(width: saved.width, height: saved.height, columns: min(20, count))
    grid.append(images)
    let target = out ?? saved.folder.file("samples/samples-\(seed).png")
    try atomicWrite(grid.png(), to: target)
    print(target)
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
