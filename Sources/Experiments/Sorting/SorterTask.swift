import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// Trains a sorter on fresh sequences, of which it learns the orders alone.
struct SorterTask<Model: AnySorter>: TrainingTask {
  let configuration: SorterConfiguration
  let data: SorterData

  func loss(
    of sorter: inout Model, at step: Int, in shard: Shard, using noise: inout Philox
  ) -> Tensor {
    let batch = data.training.batch(weight(of: shard, at: step), from: noise.folding(0))
    var own = noise.folding(1)
    return sorter.loss(of: batch.items, order: batch.order, using: &own).mean()
  }

  func weight(of shard: Shard, at step: Int) -> Int {
    shard.range(of: configuration.batchSize).count
  }

  func evaluate(
    _ sorter: Model, loss: Double, at step: Int, _ stop: StopCheck
  ) throws -> MeasuredState {
    let found = try configuration.accuracy(
      of: sorter, on: data.validation, .sorterValidation, stop)
    // The share of places right decides between equal shares of sequences right.
    return MeasuredState(
      [
        .init("loss", JSON(loss)), .init("exact", JSON(found.exact)),
        .init("elementwise", JSON(found.elementwise)),
      ], score: found.exact + 1e-6 * found.elementwise)
  }

  /// The size of an image, for whoever loads the sorter.
  var notes: [String: String] {
    guard let size = data.size else { return [:] }
    return ["width": "\(size.width)", "height": "\(size.height)"]
  }

  func summary(
    of sorter: Model, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    let test = try configuration.accuracy(of: sorter, on: data.test, .sorterTest, stop)
    return [
      .init("loss", JSON(course.loss)), .init("test_exact", JSON(test.exact)),
      .init("test_elementwise", JSON(test.elementwise)),
      .init("best_step", course.best.map { JSON($0.step) } ?? .null),
    ]
  }

  /// A few test sequences, each a row in the order it was given; items in a wrong place are marked.
  func samples(of sorter: Model) -> Samples? {
    guard let size = data.size else { return nil }
    let batch = data.test.batch(10, from: Philox(seed: configuration.seed, stream: .pictures))
    let found = sorter.order(of: batch.items)
    let n = configuration.length
    let rows = found.indices.values.enumerated().map { place, item in place / n * n + Int(item) }
    var grid = ImageGrid(width: size.width, height: size.height, columns: n)
    grid.append(
      batch.items.reshaped([rows.count, size.height * size.width])
        .gathering(Indices(rows, shape: [rows.count]), along: 0),
      label: "as the model sorts them; framed: in a wrong place",
      wrong: Set(rows.indices.filter { found.indices.values[$0] != batch.order.values[$0] }))
    return .image(grid)
  }
}

extension SorterConfiguration {
  /// How often hard orders of held-out sequences are right; throws where a score is not finite.
  func accuracy(
    of sorter: some AnySorter, on data: any SortingData, _ stream: SeedStream, _ stop: StopCheck
  ) throws -> SortingAccuracy {
    let (count, size) = (evaluationSequences, max(1, 250 / length))
    let own = Philox(seed: seed, stream: stream)
    var result = SortingAccuracy()
    for start in stride(from: 0, to: count, by: size) {
      try stop()
      let batch = data.batch(min(size, count - start), from: own.folding(UInt64(start)))
      let scores = sorter.scores(of: batch.items)
      guard scores.allFinite else {
        throw Failure(.failedCheck, "the scores of held-out items are not all finite")
      }
      result.add(sorter.order(scores: scores), against: batch.order)
    }
    return result
  }
}
