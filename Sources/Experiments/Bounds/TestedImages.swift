import Datasets
package import Formats
package import Runs

/// What a run's model gives test images, for people and programs: bounds, or the likelihood itself.
package struct TestedImages {
  package let json: JSON
  package let lines: [String]

  /// - Parameters:
  ///   - data: a folder or a known name; `nil` for the run's own.
  ///   - samples: of each image; `nil` for what suits the model.
  /// - Throws: `Failure` for a run of another kind of model, images of another size, samples that
  ///   have no meaning or take too much memory, and figures that are not finite; `FormatError` for
  ///   files that are missing or damaged.
  package init(
    run path: String, checkpoint: CheckpointChoice, data: String?, samples: Int?,
    _ stop: StopCheck = .never, progress: ProgressReport = .none
  ) throws {
    let folder = try RunFolder(opening: path)
    if try Settings.model(of: folder) == MADEExperiment.model {
      let saved = try TrainedMADE(run: path, checkpoint: checkpoint)
      let found = try saved.evaluate(on: data, samples: samples, stop, progress: progress)
      try TestedImages.check([found.nats], of: saved.checkpoint)
      (json, lines) = (found.json, found.lines)
    } else {
      let saved = try TrainedImageModel(run: path, checkpoint: checkpoint)
      let count = samples ?? 100
      if let excess = MemoryBudget.excess(
        "\(count) samples of \(saved.width) x \(saved.height) pixels",
        [[2, count, saved.width, saved.height]])
      {
        throw Failure(.usage, excess)
      }
      let found = try saved.evaluate(
        on: saved.data(data).test, samples: count, stop, progress: progress)
      try TestedImages.check([found.bound, found.logLikelihood], of: saved.checkpoint)
      (json, lines) = (found.json, found.lines)
    }
  }

  private static func check(_ figures: [Double], of checkpoint: String) throws {
    if let figure = figures.first(where: { !$0.isFinite }) {
      throw Failure(.failedCheck, "\(checkpoint): a test bound is \(figure), not finite")
    }
  }
}
