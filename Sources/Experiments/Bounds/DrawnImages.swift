package import Formats
package import Runs
import Tensors

/// New images of a run's model, as a picture.
package struct DrawnImages {
  private let grid: ImageGrid
  private let path: String

  /// - Parameters:
  ///   - count: traps unless positive.
  ///   - steps: in how many steps a network of any order draws; `nil` for one each pixel.
  /// - Throws: `Failure` for a run that has no such images, for steps that it cannot take, and for
  ///   more images than fit; `FormatError` for files that are missing or damaged.
  package init(
    run path: String, checkpoint: CheckpointChoice, count: Int, steps: Int?, seed: UInt64
  ) throws {
    require(count > 0, "\(count) images")
    let folder = try RunFolder(opening: path)
    let (width, height): (Int, Int)
    let draw: () throws -> Tensor
    if try Settings.model(of: folder) == MADEExperiment.model {
      let saved = try TrainedMADE(run: path, checkpoint: checkpoint)
      (width, height) = (saved.width, saved.height)
      draw = { try saved.sample(count, steps: steps, seed: seed) }
    } else {
      let saved = try TrainedImageModel(run: path, checkpoint: checkpoint)
      guard steps == nil else {
        throw Failure(.usage, "--steps is for runs of 'made' for any order, which \(path) is not")
      }
      (width, height) = (saved.width, saved.height)
      draw = { saved.sample(count, seed: seed) }
    }
    let what = "\(count) images of \(width) x \(height)"
    if let excess = MemoryBudget.excess(what, [[4, count, width, height]]) {
      throw Failure(.usage, excess)
    }
    var grid = ImageGrid(width: width, height: height, columns: min(20, count))
    grid.append(try draw(), label: "\(count) samples, seed \(seed)")
    self.grid = grid
    self.path = folder.file("samples/samples-\(seed).png")
  }

  /// Writes a PNG to a file, in the run folder by default; returns its path.
  package func write(to file: String?) throws(FormatError) -> String {
    try atomicWrite(grid.png(), to: file ?? path)
    return file ?? path
  }
}
