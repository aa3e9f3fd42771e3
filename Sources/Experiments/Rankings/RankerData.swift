import Formats
import Models
import Runs
import Tensors

/// Documents to learn from, and others to test on.
struct RankerData: Sendable {
  let training: JudgedDocuments
  let test: JudgedDocuments
  /// `[documents, features]`.
  let features: Tensor
  let testFeatures: Tensor

  /// Reads the files.
  ///
  /// - Parameter tell: what was found about them and may surprise.
  init(_ configuration: RankerConfiguration, tell: (String) -> Void) throws {
    training = try RankerData.documents(
      configuration.data, configuration.groups, option: "--groups", tell: tell)
    test = try RankerData.documents(
      configuration.test, configuration.testGroups, option: "--test-groups",
      featureNumbers: training.featureNumbers, tell: tell)
    if test.ignoredFeatureCount > 0 {
      tell(
        "\(configuration.test): \(test.ignoredFeatureCount) features that \(configuration.data) has not are left out"
      )
    }
    (features, testFeatures) = (Tensor(of: training), Tensor(of: test))
  }

  /// Reads documents; says which file told their queries if nobody has named it.
  private static func documents(
    _ path: String, _ groups: String?, option: String, featureNumbers: [Int]? = nil,
    tell: (String) -> Void
  ) throws(FormatError) -> JudgedDocuments {
    do throws(FormatError) {
      let documents = try JudgedDocuments(
        svmlight: path, groups: groups, featureNumbers: featureNumbers)
      if groups == nil, let found = documents.groups {
        tell("\(path): queries are those of \(found); \(option) names another file")
      }
      return documents
    } catch {
      guard error.message.hasSuffix(JudgedDocuments.noQueries) else { throw error }
      throw FormatError(error.kind, "\(error), which \(option) names")
    }
  }

  /// What is learned from, for people.
  func counts(of path: String) -> String {
    "\(path), \(training.queries.count) queries with \(features.shape[0]) documents of \(training.featureCount) features, \(test.queries.count) queries with \(testFeatures.shape[0]) documents to test on"
  }

  var digest: String { training.digest + test.digest }

  /// The batches that visit every query once.
  func batchesPerEpoch(of size: Int) -> Int { (training.queries.count + size - 1) / size }
}
