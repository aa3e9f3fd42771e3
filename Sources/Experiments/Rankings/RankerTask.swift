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
    MeasuredState(
      [.init("epoch", JSON(step / batchesPerEpoch)), .init("loss", JSON(loss))]
        + (try gains(of: scorer)))
  }

  /// NDCG of the documents to test on at each cut-off, and how many queries it is the mean of.
  private func gains(of scorer: DocumentScorer) throws -> [JSON.Member] {
    let scores = scorer(data.testFeatures)
    guard scores.allFinite else {
      throw Failure(
        .failedCheck, "the scores of the documents to test on are not all finite")
    }
    let values = scores.scalars.map { Double($0) }
    let gains = RankerExperiment.cutoffs.map {
      DiscountedGain.normalized(scores: values, of: data.test, cutoff: $0)
    }
    return zip(RankerExperiment.cutoffs, gains).map { cutoff, gain in
      .init("ndcg_\(cutoff)", gain.mean.map { JSON($0) } ?? .null)
    } + [.init("queries", JSON(gains[0].queries))]
  }

  /// Says the feature of each column of the scorer, so that other files can be read in its order.
  var notes: [String: String] {
    ["features": data.training.featureNumbers.map(String.init).joined(separator: ",")]
  }

  func summary(
    of scorer: DocumentScorer, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    [.init("loss", JSON(course.loss))] + (try gains(of: scorer))
  }
}
