import Formats
import Yams

/// The text of every setting of a verb, and where it came from: a default, a file, `--set`, or a flag of its own.
///
/// Later sources win: default, file, `--set`, flag. All go through the same parsers, so a value means the same wherever it stands.
struct Settings {
  enum Origin: Equatable {
    case standard
    case file(String)
    case commandLine
  }

  private let defaults: [(key: String, text: String?)]
  private var values: [String: (text: String, origin: Origin)] = [:]

  /// - Parameter defaults: every known setting with its default, in the order in which they are shown; `nil` for unset.
  init(_ defaults: [(key: String, text: String?)]) {
    self.defaults = defaults
    for (key, _) in defaults { reset(key) }
  }

  private var known: [String] { defaults.map(\.key) }

  subscript(key: String) -> String? { values[key]?.text }

  /// Whether the user has set a key.
  func isSet(_ key: String) -> Bool { values[key].map { $0.origin != .standard } ?? false }

  /// Every setting that has a value, in the order shown.
  var resolved: [(key: String, text: String)] {
    known.compactMap { key in values[key].map { (key, $0.text) } }
  }

  /// What the user has set, in the order shown.
  var overrides: [(key: String, text: String)] {
    resolved.filter { isSet($0.key) }
  }

  /// Sets a known key, or an option of one: `estimator.samples` is the option `samples` of `estimator`.
  mutating func set(_ key: String, to text: String, from origin: Origin) throws {
    if known.contains(key) {
      values[key] = (text, origin)
      return
    }
    let parts = key.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, known.contains(String(parts[0])),
      let base = values[String(parts[0])]?.text
    else {
      throw failure(unknown("setting", key, among: known), from: origin)
    }
    let option = String(parts[1])
    do {
      var specification = try Specification(base)
      specification.options.removeAll { $0.key == option }
      specification.options.append((option, text))
      values[String(parts[0])] = (specification.text, origin)
    } catch {
      throw failure(error.description, from: origin)
    }
  }

  /// Forgets the value of a key.
  mutating func clear(_ key: String) { values[key] = nil }

  /// Goes back to the default of a key.
  mutating func reset(_ key: String) {
    let standard = defaults.first { $0.key == key }?.text
    values[key] = standard.map { ($0, .standard) }
  }

  /// The text of one key of a file at its top level, `nil` where it has none or is none that can be read.
  static func text(of key: String, in path: String) throws -> String? {
    let text = String(decoding: try fileBytes(path, atMost: mostBytes), as: UTF8.self)
    let node = try? Yams.compose(yaml: text)
    return node?.mapping?[.init(key)]?.string
  }

  /// Of a file of settings.
  private static let mostBytes = 1 << 20

  /// Reads a YAML or JSON file of settings.
  mutating func read(file path: String) throws {
    let bytes = try fileBytes(path, atMost: Settings.mostBytes)
    let node: Yams.Node?
    do {
      node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw CommandFailure(.badConfiguration, "\(path): not YAML: \(Settings.sentence(error))")
    }
    guard let node else { return }
    try set(node, under: nil, of: path)
  }

  /// What is wrong and where, on one line.
  private static func sentence(_ error: any Error) -> String {
    switch error as? YamlError {
    case .reader(let problem, _, _, _)?:
      problem
    case .duplicatedKeysInMapping(let keys, let context)?:
      "line \(context.mark.line): '\(keys.joined(separator: "', '"))' stands there twice"
    case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?,
      .composer(_, let problem, let mark, _)?:
      "line \(mark.line), column \(mark.column): \(problem)"
    default:
      "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
  }

  private mutating func set(_ node: Yams.Node, under key: String?, of path: String) throws {
    switch node {
    case .mapping(let mapping):
      let members = try mapping.map { name, value in
        guard let name = name.string else {
          throw CommandFailure(.badConfiguration, "\(path): a key that is no text")
        }
        return (name, value)
      }
      guard let key else {
        for (name, value) in members { try set(value, under: name, of: path) }
        return
      }
      // `estimator: { samples: 2, name: nvil }` is the same as `estimator: nvil:samples=2`: the name comes first.
      for (_, value) in members.filter({ $0.0 == "name" }) { try set(value, under: key, of: path) }
      for (name, value) in members.filter({ $0.0 != "name" }) {
        try set(value, under: "\(key).\(name)", of: path)
      }
    case .sequence(let items):
      guard let key else {
        throw CommandFailure(.badConfiguration, "\(path): a list where settings were expected")
      }
      let texts = items.compactMap { $0.scalar?.string }
      guard texts.count == items.count else {
        throw CommandFailure(
          .badConfiguration, "\(path): '\(key)' is a list of more than numbers and words")
      }
      try set(key, to: texts.joined(separator: ","), from: .file(path))
    case .scalar(let scalar):
      guard let key else {
        throw CommandFailure(
          .badConfiguration, "\(path): '\(scalar.string)' where settings were expected")
      }
      if scalar.style == .plain, ["", "~", "null"].contains(scalar.string), known.contains(key) {
        reset(key)
      } else {
        try set(key, to: scalar.string, from: .file(path))
      }
    case .alias:
      throw CommandFailure(.badConfiguration, "\(path): an alias, which settings do not use")
    }
  }

  /// Parses a setting; a failure says where the value came from and ends with that source's exit code.
  func parse<Value>(_ key: String, _ body: (String) throws(SettingError) -> Value) throws -> Value {
    guard let (text, origin) = values[key] else {
      throw CommandFailure(.usage, "\(key) is not set")
    }
    do {
      return try body(text)
    } catch {
      throw failure(error.description, from: origin)
    }
  }

  /// Parses a setting that may be unset.
  func parseIfSet<Value>(
    _ key: String, _ body: (String) throws(SettingError) -> Value
  ) throws -> Value? {
    values[key] == nil ? nil : try parse(key, body)
  }

  /// What went wrong with the value of a key, found out after it was parsed.
  func failure(_ message: String, of key: String) -> CommandFailure {
    failure(message, from: values[key]?.origin ?? .standard)
  }

  private func failure(_ message: String, from origin: Origin) -> CommandFailure {
    if case .file(let path) = origin {
      return CommandFailure(.badConfiguration, "\(path): \(message)")
    }
    return CommandFailure(.usage, message)
  }
}
