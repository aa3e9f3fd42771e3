public import Formats
import Learning
import Models
import Runs
import Tensors

/// A scorer of documents that a run has trained.
public struct TrainedRanker: Sendable {
  private let scorer: DocumentScorer
  /// The number of each column's feature in files, rising from 1 or more.
  public let featureNumbers: [Int]

  /// Loads the scorer of a run's folder.
  ///
  /// - Throws: `FormatError` and `Failure` for a folder that is not one of a ranker's run, for a
  ///   damaged checkpoint and for weights that are not finite.
  public init(run path: String) throws {
    let folder = try RunFolder(opening: path)
    let configuration = try RankerConfiguration(Settings(of: folder, RankerSettings.all))
    let file = folder.lastCheckpoint
    let outline = try Checkpoint.outline(of: file)
    let words = outline.metadata["features"]?.split(separator: ",") ?? []
    featureNumbers = words.compactMap { Int($0) }
    guard !words.isEmpty, featureNumbers.count == words.count else {
      throw FormatError(
        .malformed, "\(file): its metadata have no 'features', expected whole numbers")
    }
    try outline.checkAxis(featureNumbers.count, "\(featureNumbers.count) features")
    var scorer = try configuration.scorer(features: featureNumbers.count)
    _ = try Checkpoint.restore(&scorer, from: file, ignoring: ["optimizer"])
    try scorer.checkFinite(in: file)
    self.scorer = scorer
  }

  /// A score for each document, the larger the more relevant to its query.
  ///
  /// O(documents · weights). Traps unless the documents were read with `featureNumbers`.
  public func scores(of documents: JudgedDocuments) -> [Double] {
    require(
      documents.featureNumbers == featureNumbers,
      "documents of other features than the ranker's \(featureNumbers.count)")
    return scorer(Tensor(of: documents)).scalars.map { Double($0) }
  }
}
