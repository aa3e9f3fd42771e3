import Formats
import Models
import Runs
import Tensors

/// Documents to learn from, others to choose the best scorer by, and others to test on.
struct RankerData: Sendable {
  let training: JudgedDocuments
  let validation: JudgedDocuments?
  let test: JudgedDocuments
  /// `[documents, features]`.
  let features: Tensor

  /// Reads the files.
  ///
  /// - Parameters:
  ///   - tell: what was found about them and may surprise.
  ///   - stop: is called while they are read.
  init(_ configuration: RankerConfiguration, tell: (String) -> Void, _ stop: StopCheck) throws {
    let all = try RankerData.documents(
      configuration.data, configuration.groups, option: "--groups", tell: tell, stop)
    func others(_ path: String, _ groups: String?, option: String) throws -> JudgedDocuments {
      let found = try RankerData.documents(
        path, groups, option: option, featureNumbers: all.featureNumbers, tell: tell,
        stop)
      if found.ignoredFeatureCount > 0 {
        tell(
          "\(path): \(found.ignoredFeatureCount) features that \(configuration.data) has not are left out"
        )
      }
      return found
    }
    switch configuration.validation {
    case nil: (training, validation) = (all, nil)
    case .file(let path, let groups):
      (training, validation) = (
        all, try others(path, groups, option: "--validation-groups")
      )
    case .share(let share):
      (training, validation) = try RankerData.split(all, holdingOut: share, configuration)
    }
    test = try others(configuration.test, configuration.testGroups, option: "--test-groups")
    try stop()
    features = Tensor(of: training)
    if let validation, !validation.grades.contains(where: { $0 > 0 }) {
      throw Failure(
        .badData, "\(configuration.data): nothing is relevant in the documents to choose by")
    }
  }

  /// Queries to learn from, and queries that are kept out, drawn from the seed.
  private static func split(
    _ all: JudgedDocuments, holdingOut share: Double, _ configuration: RankerConfiguration
  ) throws -> (training: JudgedDocuments, validation: JudgedDocuments) {
    var noise = Philox(seed: configuration.seed, stream: .heldOutQueries)
    let order = Array(all.queries.indices).shuffled(using: &noise)
    let count = Int((share * Double(order.count)).rounded())
    guard count > 0, count < order.count else {
      throw configuration.settings.failure(
        "hold-out is \(share), which keeps \(count) of \(order.count) queries; expected some in both parts",
        of: "hold-out")
    }
    return (
      all.ofQueries(at: order.dropFirst(count).sorted()),
      all.ofQueries(at: order.prefix(count).sorted())
    )
  }

  /// Reads documents; says which file told their queries if nobody has named it.
  static func documents(
    _ path: String, _ groups: String?, option: String, featureNumbers: [Int]? = nil,
    tell: (String) -> Void, _ stop: StopCheck = .never
  ) throws -> JudgedDocuments {
    do {
      let documents = try JudgedDocuments(
        svmlight: path, groups: groups, featureNumbers: featureNumbers, pause: { try stop() })
      if groups == nil, let found = documents.groups {
        tell("\(path): queries are those of \(found); \(option) names another file")
      }
      return documents
    } catch let error as FormatError where error.message.hasSuffix(JudgedDocuments.noQueries) {
      throw FormatError(error.kind, "\(error), which \(option) names")
    }
  }

  /// The data that are learned from, for people.
  func counts(of path: String) -> String {
    "\(path), \(training.queries.count) queries with \(features.shape[0]) documents of \(training.featureCount) features, \(test.queries.count) queries with \(test.grades.count) documents to test on"
  }

  var digest: String { training.digest + (validation?.digest ?? "") + test.digest }

  /// The batches that visit every query once.
  func batchesPerEpoch(of size: Int) -> Int { (training.queries.count + size - 1) / size }
}
