public import Formats
import Models
import Runs
import Tensors

/// NDCG of a scorer on documents.
public struct RankerGains: Sendable {
  /// At each of `RankerExperiment.cutoffs`; `nil` where nothing is relevant.
  private let means: [Double?]
  /// Queries with a relevant document, which the means are of.
  public let queries: Int

  /// - Parameter use: what the documents are for, to be said where a score is not finite.
  init(
    of scorer: DocumentScorer, on documents: JudgedDocuments, _ use: String,
    _ stop: StopCheck = .never
  ) throws {
    try stop()
    let scores = scorer(Tensor(of: documents))
    guard scores.allFinite else {
      throw Failure(.failedCheck, "the scores of the documents to \(use) are not all finite")
    }
    let values = scores.scalars.map { Double($0) }
    let gains = try RankerExperiment.cutoffs.map { cutoff in
      try stop()
      return DiscountedGain.normalized(scores: values, of: documents, cutoff: cutoff)
    }
    means = gains.map(\.mean)
    queries = gains[0].queries
  }

  /// The gain of the first places; `nil` where nothing is relevant, and for another cut-off than
  /// one of `RankerExperiment.cutoffs`.
  public func mean(at cutoff: Int) -> Double? {
    RankerExperiment.cutoffs.firstIndex(of: cutoff).flatMap { means[$0] }
  }

  /// Each gain under `ndcg_…`, null where nothing is relevant, and the queries.
  public var members: [JSON.Member] {
    zip(RankerExperiment.cutoffs, means).map { cutoff, mean in
      .init("ndcg_\(cutoff)", mean.map { JSON($0) } ?? .null)
    } + [.init("queries", JSON(queries))]
  }
}
