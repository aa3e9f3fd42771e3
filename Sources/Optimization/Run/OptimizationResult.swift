public import Formats

/// The end of an optimization as it is printed.
public struct OptimizationResult: Sendable {
  private let summary: JSON

  /// - Parameter summary: that of the run.
  public init(_ summary: JSON) { self.summary = summary }

  private static let keys = ["best", "point", "evaluations", "stopped"]

  /// Members that noisy values have beside these.
  private static let noisy = ["interval", "values"]

  private var keys: [String] {
    OptimizationResult.keys + OptimizationResult.noisy.filter { summary[$0] != nil }
  }

  /// The best value, its point, the evaluations made, and why there was an end; of noisy values the
  /// mean, half its 95 % interval, and the number of values that it is the mean of.
  public var json: JSON { .object(keys.map { .init($0, summary[$0] ?? .null) }) }

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
    let lines = (keys + ["run"]).map { key in
      let value = summary[key] ?? .null
      return padded(key, to: 13) + (value.string ?? value.description)
    }
    return (table + lines).joined(separator: "\n")
  }
}

extension BlackBoxOptimizer.Best {
  /// The members of a result about the best point.
  func members(in space: SearchSpace) -> [JSON.Member] {
    let members = [JSON.Member("best", JSON(value)), JSON.Member("point", JSON(space.text(point)))]
    guard let interval else { return members }
    return members + [.init("interval", JSON(interval)), .init("values", JSON(count))]
  }
}

private func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}
