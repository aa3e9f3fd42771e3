public import Formats

/// The end of an optimization as it is printed.
public struct OptimizationResult: Sendable {
  private let summary: JSON

  /// - Parameter summary: that of the run.
  public init(_ summary: JSON) { self.summary = summary }

  private static let keys = ["best", "point", "evaluations", "stopped"]

  /// The best value, its point, the evaluations made, and why there was an end.
  public var json: JSON {
    .object(OptimizationResult.keys.map { .init($0, summary[$0] ?? .null) })
  }

  /// The member of a summary that has what `auto` saw.
  static let trials = "methods"

  /// What each method of `auto` came to in its share, an object each.
  public var methods: [JSON] { summary[OptimizationResult.trials]?.array ?? [] }

  /// The same for people, and where the run is.
  public var text: String {
    let table = methods.map { row in
      let words = ["method", "evaluations", "best"].map { row[$0] ?? .null }
      return words.map { padded($0.string ?? $0.description, to: 13) }.joined()
        + (row["chosen"] == true ? "chosen" : "")
    }
    let lines = (OptimizationResult.keys + ["run"]).map { key in
      let value = summary[key] ?? .null
      return padded(key, to: 13) + (value.string ?? value.description)
    }
    return (table + lines).joined(separator: "\n")
  }
}

private func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}
