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

/// The built-in problems by their names.
public enum ProblemCatalogue {
  /// The names, and a sentence about each.
  public static let all: KeyValuePairs = [
    "onemax": "The number of ones, sought largest.",
    "labs": "The energy of a low-autocorrelation binary sequence.",
  ]

  /// The problem of a name over a space.
  ///
  /// - Throws: `Failure` of kind `usage` where the name is unknown or the space does not fit.
  static func make(_ name: String, over space: SearchSpace?) throws -> any Problem {
    guard all.contains(where: { $0.key == name }) else {
      throw Failure(.usage, unknown("problem", name, among: all.map(\.key)))
    }
    guard let space, space.parts.count == 1, case .bits(let bits) = space.parts[0].kind else {
      throw Failure(.usage, "problem \(name) is over bits, as in --bits 20")
    }
    return name == "onemax" ? try OneMax(bits) : try LowAutocorrelation(bits)
  }
}
