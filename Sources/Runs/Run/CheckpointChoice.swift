import Learning
package import Tensors

/// A choice among a run's checkpoints.
public enum CheckpointChoice: String, CaseIterable, Sendable {
  /// The checkpoint of the latest step.
  case last
  /// The checkpoint of the state that evaluations found best.
  case best

  /// - Throws: `Failure` of kind `usage` for another name.
  package init(named name: String) throws(Failure) {
    guard let choice = CheckpointChoice(rawValue: name) else {
      throw Failure(
        .usage, unknown("checkpoint", name, among: CheckpointChoice.allCases.map(\.rawValue)))
    }
    self = choice
  }

  package func path(in folder: RunFolder) -> String {
    switch self {
    case .last: folder.lastCheckpoint
    case .best: folder.bestCheckpoint
    }
  }
}

extension Parameterized {
  /// Throws where a tensor that was read from a checkpoint is not finite.
  package func checkFinite(in path: String) throws(Failure) {
    guard let name = firstNonFinite else { return }
    throw Failure(.failedCheck, "\(path): '\(name)' is not finite")
  }
}
