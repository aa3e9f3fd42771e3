package import Formats

/// Neighbouring columns of codes: bits, or classes as one-hot rows.
public struct CodeColumns: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public let variables: Int
  /// Columns of each variable, of which one is 1; `nil` for a bit each.
  public let classes: Int?

  /// Number of columns.
  public var count: Int { variables * (classes ?? 1) }

  public var description: String {
    switch (variables, classes) {
    case (let bits, nil): "\(name): \(bits) bit\(bits == 1 ? "" : "s")"
    case (1, let classes?): "\(name): one-hot over \(classes)"
    case (_, let classes?): "\(name): \(variables) variables, each one-hot over \(classes)"
    }
  }

  package var json: JSON {
    [
      "name": JSON(name), "variables": JSON(variables),
      "classes": classes.map { JSON($0) } ?? .null,
    ]
  }
}
