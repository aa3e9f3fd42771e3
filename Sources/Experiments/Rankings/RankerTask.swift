import Formats
import Learning
import Models
import Runs
import Tensors

/// What `rank learn` trains: a scorer of documents, on graded ones.
struct RankerTask: TrainingTask {
  let configuration: RankerConfiguration
  let data: RankerData

  func loss(of scorer: inout DocumentScorer, at step: Int, using noise: inout Philox) -> Tensor {
    let (epoch, place) = step.quotientAndRemainder(dividingBy: data.batchesPerEpoch)
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
  ) throws -> Measurement {
    Measurement(
      [.init("epoch", JSON(step / data.batchesPerEpoch)), .init("loss", JSON(loss))]
        + gains(of: scorer))
  }

  /// NDCG of the held-out documents at each cut-off, and how many queries it is the mean of.
  private func gains(of scorer: DocumentScorer) -> [JSON.Member] {
    let scores = scorer(data.testFeatures).scalars.map { Double($0) }
    let gains = RankerConfiguration.cutoffs.map { cutoff in
      (cutoff, DiscountedGain.normalised(scores: scores, of: data.test, cutoff: cutoff))
    }
    return gains.map { .init("ndcg_\($0)", $1.mean.map { JSON($0) } ?? .null) }
      + [.init("queries", JSON(gains[0].1.queries))]
  }

  func summary(
    of scorer: DocumentScorer, _ course: Course, _ stop: StopCheck
  ) throws -> [JSON.Member] {
    [.init("loss", JSON(course.loss))] + gains(of: scorer)
  }
}
