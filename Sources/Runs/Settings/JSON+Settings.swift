public import Formats

extension JSON {
  /// The value of a setting in a configuration as a person types it, `-` for null.
  public var typed: String {
    switch self {
    case .null: "-"
    case .string(let text): text
    case .array(let values): values.map(\.typed).joined(separator: ",")
    case .object(let members):
      // A name with options.
      (self["name"]?.string).map { name in
        let options = members.filter { $0.key != "name" }.map { "\($0.key)=\($0.value.typed)" }
        return options.isEmpty ? name : "\(name):\(options.joined(separator: ","))"
      } ?? description
    case .bool, .number: description
    }
  }
}
