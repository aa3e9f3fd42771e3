import Formats
import Runs

/// The things that a run with a likelihood writes.
enum CodedKind: String {
  case images
  case text

  /// The name of the model of a run, and what it writes.
  ///
  /// - Throws: `Failure` for a run without a likelihood.
  static func ofRun(_ path: String) throws -> (model: String, kind: CodedKind) {
    let folder = try RunFolder(opening: path)
    let model = try Settings.model(of: folder) ?? ""
    let images = BoundModel.allCases.map(\.rawValue) + [MADEExperiment.model]
    if images.contains(model) { return (model, .images) }
    if model == SequenceExperiment.model { return (model, .text) }
    throw Failure(
      .usage,
      "\(path): a run of '\(model)' has no likelihood to compress by; \(images.joined(separator: ", ")) have one of images, \(SequenceExperiment.model) has one of text"
    )
  }

  static func model(of path: String, expecting kind: CodedKind) throws -> String {
    let found = try ofRun(path)
    guard found.kind == kind else {
      throw Failure(
        .badData, "\(path): a run of '\(found.model)' writes \(found.kind.rawValue), not \(kind)")
    }
    return found.model
  }
}
