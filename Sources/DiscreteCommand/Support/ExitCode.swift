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
