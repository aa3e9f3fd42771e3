import Formats
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

  func loss(of scorer: inout DocumentScorer, at step: Int, using noise: inout Philox) -> Tensor {
    let (epoch, place) = step.quotientAndRemainder(dividingBy: batchesPerEpoch)
    var shuffling = Philox(seed: configuration.seed, stream: .queryOrder).folding(UInt64(epoch))
    let order = data.training.queries.shuffled(using: &shuffling)
    let first = place * configuration.batchSize
    let batch = order[first..<min(order.count, first + configuration.batchSize)]
    let rows = batch.flatMap(Array.init)
    let own = data.features.gathering(Indices(rows, shape: [rows.count]), along: 0)
    let loss = configuration.loss(
      scorer(own), grades: batch.map { Array(data.training.grades[$0]) }, using: &noise)
    return loss.mean()
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
