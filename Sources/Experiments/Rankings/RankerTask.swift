import Formats
import Learning
import Models
import Runs
import Tensors

/// Trains a scorer of documents on graded documents.
struct RankerTask: TrainingTask {
  let configuration: RankerConfiguration
  let data: RankerData
  let batchesPerEpoch: Int

  init(configuration: RankerConfiguration, data: RankerData) {
    self.configuration = configuration
    self.data = data
    batchesPerEpoch = data.batchesPerEpoch(of: configuration.batchSize)
  }

  func loss(
    of scorer: inout DocumentScorer, at step: Int, in shard: Shard, using noise: inout Philox
  ) -> Tensor {
    let epoch = step / batchesPerEpoch
    var shuffling = Philox(seed: configuration.seed, stream: .queryOrder).folding(UInt64(epoch))
    let order = data.training.queries.shuffled(using: &shuffling)
    let queries = queries(at: step)
    let own = shard.range(of: queries.count)
    let batch = order[queries.dropFirst(own.lowerBound).prefix(own.count)]
    let rows = batch.flatMap(Array.init)
    let features = data.features.gathering(Indices(rows, shape: [rows.count]), along: 0)
    let loss = configuration.loss(
      scorer(features), grades: batch.map { Array(data.training.grades[$0]) }, using: &noise)
    return loss.mean()
  }

  /// The places of a step's batch in the order of its epoch.
  private func queries(at step: Int) -> Range<Int> {
    let first = step % batchesPerEpoch * configuration.batchSize
    return first..<min(data.training.queries.count, first + configuration.batchSize)
  }

  func weight(of shard: Shard, at step: Int) -> Int {
    shard.range(of: queries(at: step).count).count
  }

  func evaluate(
    _ scorer: DocumentScorer, loss: Double, at step: Int, _ stop: StopCheck
  ) throws -> MeasuredState {
    var figures = [JSON.Member("loss", JSON(loss))]
    let chosen = try data.validation.flatMap { documents in
      try RankerGains(of: scorer, on: documents, "choose by", stop).mean(
        at: RankerExperiment.chosenBy)
    }
    if let chosen {
      figures.append(.init(RankerTask.validationKey, JSON(chosen)))
    }
    return MeasuredState(figures + (try testGains(of: scorer, stop)), score: chosen)
  }

  var stepsPerEpoch: Int? { batchesPerEpoch }

  private static let validationKey = "validation_ndcg_\(RankerExperiment.chosenBy)"

  private func testGains(of scorer: DocumentScorer, _ stop: StopCheck) throws -> [JSON.Member] {
    try RankerGains(of: scorer, on: data.test, "test on", stop).members
  }

  /// Says the feature of each column of the scorer, so that other files can be read in its order.
  var notes: [String: String] {
    ["features": data.training.featureNumbers.map(String.init).joined(separator: ",")]
  }

  func summary(
    of scorer: DocumentScorer, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    let best = course.best.map { best in
      [
        JSON.Member("best_\(RankerTask.validationKey)", JSON(best.score)),
        .init("best_step", JSON(best.step)),
      ]
    }
    return [.init("loss", JSON(course.loss))] + (best ?? []) + (try testGains(of: scorer, stop))
  }
}
