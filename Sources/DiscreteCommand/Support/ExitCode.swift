import Learning
import Runs

extension Failure.Kind {
  /// The exit code of a command that fails so; the numbers are those of sysexits.
  var exitCode: Int32 {
    switch self {
    case .failedCheck: 1
    case .usage: 64
    case .badData: 65
    case .missingInput: 66
    case .cannotCreate: 73
    case .inputOutput: 74
    case .interrupted: 75
    case .badConfiguration: 78
    }
  }
}

extension Failure {
  /// Why several processes cannot go on, with the exit code of the one that has failed.
  init(_ error: RankError) {
    let kind: Kind =
      switch error.kind {
      case .mismatch: .badConfiguration
      case .lost: .inputOutput
      case .failed(let code): Kind.allCases.first { $0.exitCode == code } ?? .failedCheck
      }
    self.init(kind, error.description)
  }
}
