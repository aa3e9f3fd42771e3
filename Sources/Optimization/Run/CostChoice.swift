import Formats
import Runs

/// The cost that a run evaluates, as it stands in its configuration.
public enum CostChoice: Sendable, Equatable {
  /// A program that is started once for each worker.
  case command(String)
  /// A program that is run once for each point.
  case exec(String)
  /// A built-in problem.
  case problem(String)
  /// Values that are told from outside.
  case told

  /// The name of the flag and key, and its text.
  var named: (key: String, text: String) {
    switch self {
    case .command(let text): ("command", text)
    case .exec(let text): ("exec", text)
    case .problem(let text): ("problem", text)
    case .told: ("told", "values")
    }
  }
}
