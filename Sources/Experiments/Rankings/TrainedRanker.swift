public import Formats
import Learning
import Models
public import Runs
import Tensors

/// A scorer of documents that a run has trained.
public struct TrainedRanker: Sendable {
  public let folder: RunFolder
  let scorer: DocumentScorer
  let configuration: RankerConfiguration
  /// The number of each column's feature in files, rising from 1 or more.
  public let featureNumbers: [Int]

  /// Loads the scorer of a run's folder.
  ///
  /// - Throws: `FormatError` and `Failure` for a folder that is not one of a ranker's run, for a
  ///   damaged checkpoint and for weights that are not finite.
  public init(run path: String, checkpoint: CheckpointChoice = .last) throws {
    folder = try RunFolder(opening: path)
    try folder.checkModel(RankerExperiment.model)
    configuration = try RankerConfiguration(Settings(of: folder, RankerSettings.all))
    let file = checkpoint.path(in: folder)
    let content = try Checkpoint.content(of: file)
    let words = content.metadata["features"]?.split(separator: ",") ?? []
    featureNumbers = words.compactMap { Int($0) }
    guard !words.isEmpty, featureNumbers.count == words.count else {
      throw FormatError(
        .malformed, "\(file): its metadata have no 'features', expected whole numbers")
    }
    try content.checkAxis(featureNumbers.count, "\(featureNumbers.count) features")
    var scorer = try configuration.scorer(features: featureNumbers.count)
    try content.restore(&scorer, ignoring: ["optimizer"])
    try scorer.checkFinite(in: file)
    self.scorer = scorer
  }

  /// Reads documents in the columns of the scorer, those that the run was tested on without a path.
  ///
  /// - Parameters:
  ///   - groups: a file of group sizes; without one those beside the file, where its lines have no
  ///     `qid`.
  ///   - tell: what was found about them and may surprise.
  public func documents(
    _ path: String? = nil, groups: String? = nil, tell: (String) -> Void = { _ in }
  ) throws -> JudgedDocuments {
    let documents = try RankerData.documents(
      path ?? configuration.test, path == nil ? configuration.testGroups : groups,
      option: "--groups", featureNumbers: featureNumbers, tell: tell)
    if documents.ignoredFeatureCount > 0 {
      tell(
        "\(path ?? configuration.test): \(documents.ignoredFeatureCount) features that the scorer has not are left out"
      )
    }
    return documents
  }

  /// A score for each document, the larger the more relevant to its query.
  ///
  /// O(documents · weights). Traps unless the documents were read with `featureNumbers`.
  public func scores(of documents: JudgedDocuments) -> [Double] {
    check(documents)
    return scorer(Tensor(of: documents)).scalars.map { Double($0) }
  }

  /// NDCG of the order that the scores give.
  ///
  /// Traps unless the documents were read with `featureNumbers`; throws `Failure` of kind
  /// `failedCheck` where a score is not finite.
  public func gains(on documents: JudgedDocuments) throws -> RankerGains {
    check(documents)
    return try RankerGains(of: scorer, on: documents, "test on")
  }

  private func check(_ documents: JudgedDocuments) {
    require(
      documents.featureNumbers == featureNumbers,
      "documents of other features than the ranker's \(featureNumbers.count)")
  }
}
