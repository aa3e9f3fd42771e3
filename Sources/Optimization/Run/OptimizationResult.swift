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

  /// The same for people, and where the run is.
  public var text: String {
    (OptimizationResult.keys + ["run"]).map { key in
      let value = summary[key] ?? .null
      return key + String(repeating: " ", count: 13 - key.count)
        + (value.string ?? value.description)
    }.joined(separator: "\n")
  }
}
