import Learning
import Runs

/// What `discrete help exit-codes` prints.
enum ExitCodes {
  static let topic = "exit-codes"

  static let text =
    ([(0, "done, or what was asked for")]
    + Failure.Kind.allCases.map { (Int($0.exitCode), $0.meaning) })
    .map { code, meaning in padded("\(code)", 5) + meaning }.joined(separator: "\n")
    + "\n\nWhatever is not 0 comes with one sentence on standard error."
}

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

  fileprivate var meaning: String {
    switch self {
    case .failedCheck:
      "a check or a figure is not what it has to be, such as a loss that is not finite"
    case .usage: "the command line: a verb, a flag or its value"
    case .badData: "data that do not fit, or a file that is damaged"
    case .missingInput: "a file, a run or a data set that is not there"
    case .cannotCreate: "a file or folder that cannot be made, or stands there already"
    case .inputOutput: "the system failed while reading or writing"
    case .interrupted: "somebody asked for a stop; a checkpoint was written"
    case .badConfiguration: "a setting in a file"
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
