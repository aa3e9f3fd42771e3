public import Formats
import Yams

/// The text of every setting of a kind of run, and where it came from.
///
/// Later sources win: default, file, environment, `--set`, flag. All go through the parser of the
/// setting, so a value means the same wherever it stands.
public struct Settings: Sendable {
  /// Where a value came from.
  public enum Origin: Equatable, Sendable {
    case standard
    case file(String)
    /// A variable of the environment.
    case environment(String)
    case commandLine
    /// The value of `auto`, found by measuring.
    case measured

    /// In words.
    public var text: String {
      switch self {
      case .standard: "default"
      case .file(let path): path
      case .environment(let name): name
      case .commandLine: "command line"
      case .measured: "measured"
      }
    }
  }

  /// Every known setting, in the order in which they are shown.
  public let table: [any SettingDescription]
  private var values: [String: (text: String, origin: Origin)] = [:]
  /// The keys that the version which began a run did not know; their defaults hold.
  package private(set) var later: [String] = []

  /// The defaults of a table.
  public init(_ table: [any SettingDescription]) {
    self.table = table
    for setting in table { reset(setting.key) }
  }

  private var known: [String] { table.map(\.key) }

  public subscript(key: String) -> String? { values[key]?.text }

  /// The value of a setting; throws a `Failure` that says where it came from.
  public subscript<Value>(setting: Setting<Value>) -> Value {
    get throws {
      try parse(setting.key) { (text) throws(SettingError) in try setting.value(of: text) }
    }
  }

  /// The value of a setting, `nil` where it is unset.
  public subscript<Value>(ifSet setting: Setting<Value>) -> Value? {
    get throws { values[setting.key] == nil ? nil : try self[setting] }
  }

  /// Where the value of a key came from; `nil` where it is unset.
  public func origin(of key: String) -> Origin? { values[key]?.origin }

  /// Whether the user has set a key.
  public func isSet(_ key: String) -> Bool {
    switch values[key]?.origin {
    case nil, .standard?, .measured?: false
    case .file?, .environment?, .commandLine?: true
    }
  }

  /// Every setting with its value as a configuration file shows it, null for one that is unset.
  public var json: JSON {
    get throws { .object(try table.map { .init($0.key, try json(of: $0)) }) }
  }

  /// The values that the user has set, likewise.
  public var overrides: JSON {
    get throws {
      .object(try table.filter { isSet($0.key) }.map { .init($0.key, try json(of: $0)) })
    }
  }

  /// Where every value came from, in words; null for a setting that is unset.
  public var origins: JSON {
    .object(table.map { .init($0.key, origin(of: $0.key).map { JSON($0.text) } ?? .null) })
  }

  /// The value of one setting as a configuration file shows it.
  public func json(of setting: any SettingDescription) throws -> JSON {
    guard values[setting.key] != nil else { return .null }
    return try parse(setting.key) { (text) throws(SettingError) in try setting.json(of: text) }
  }

  /// Sets a known key, or an option of one: `estimator.samples` is the option `samples` of
  /// `estimator`.
  public mutating func set(_ key: String, to text: String, from origin: Origin) throws {
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
  public mutating func clear(_ key: String) { values[key] = nil }

  /// Goes back to the default of a key.
  public mutating func reset(_ key: String) {
    let standard = table.first { $0.key == key }?.standard
    values[key] = standard.map { ($0, .standard) }
  }

  /// The text of one key of a file at its top level, `nil` where it has none or is none that can be
  /// read.
  public static func text(of key: String, in path: String) throws -> String? {
    let text = String(decoding: try fileBytes(path, atMost: mostBytes), as: UTF8.self)
    let node = try? Yams.compose(yaml: text)
    return node?.mapping?[.init(key)]?.string
  }

  /// The name of the model of a run, `nil` where its configuration names none.
  package static func model(of folder: RunFolder) throws -> String? {
    try text(of: "model", in: folder.file("config.json"))
  }

  /// The largest size of a file of settings.
  private static let mostBytes = 1 << 20

  /// Reads the settings of a run from its folder.
  ///
  /// One that has a default may be missing where the run's checkpoint does not know it either, as
  /// in a run of an earlier version; else that throws.
  public init(of folder: RunFolder, _ table: [any SettingDescription]) throws {
    self.init(table)
    let path = folder.file("config.json")
    let present = try folder.read("config.json")
    let missing = table.filter { $0.standard != nil && present[$0.key] == nil }
    let known = missing.isEmpty ? .null : Runs.Origin.settings(in: folder)
    guard let known, missing.allSatisfy({ known[$0.key] == nil }) else {
      throw Failure(
        .badConfiguration,
        "\(path): lacks \(missing.map(\.key).joined(separator: ", ")); the configuration of a run is complete"
      )
    }
    later = missing.map(\.key)
    for setting in table where !later.contains(setting.key) { clear(setting.key) }
    try read(file: path)
  }

  /// Reads `DISCRETE_LEARNING_RATE` and the like.
  public mutating func read(environment: [String: String]) throws {
    for key in known {
      let name =
        "DISCRETE_" + key.map { $0 == "-" ? "_" : String($0).uppercased() }.joined()
      if let text = environment[name] { try set(key, to: text, from: .environment(name)) }
    }
  }

  /// Reads a YAML or JSON file of settings.
  public mutating func read(file path: String) throws {
    let bytes = try fileBytes(path, atMost: Settings.mostBytes)
    try read(String(decoding: bytes, as: UTF8.self), of: path)
  }

  /// Reads settings in YAML or JSON, which stand in a file.
  package mutating func read(_ text: String, of path: String) throws {
    let node: Yams.Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Failure(.badConfiguration, "\(path): not YAML: \(Settings.sentence(error))")
    }
    guard let node else { return }
    try set(node, under: nil, of: path)
  }

  /// The fault and its place, on one line.
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
          throw Failure(.badConfiguration, "\(path): a key that is not text")
        }
        return (name, value)
      }
      guard let key else {
        for (name, value) in members { try set(value, under: name, of: path) }
        return
      }
      // `estimator: { samples: 2, name: nvil }` is the same as `estimator: nvil:samples=2`: the
      // name comes first.
      for (_, value) in members.filter({ $0.0 == "name" }) { try set(value, under: key, of: path) }
      for (name, value) in members.filter({ $0.0 != "name" }) {
        try set(value, under: "\(key).\(name)", of: path)
      }
    case .sequence(let items):
      guard let key else {
        throw Failure(.badConfiguration, "\(path): a list where settings were expected")
      }
      let texts = items.compactMap { $0.scalar?.string ?? Settings.specification($0) }
      guard texts.count == items.count else {
        throw Failure(
          .badConfiguration,
          "\(path): '\(key)' is a list of more than numbers, words and names with options")
      }
      try set(key, to: texts.joined(separator: ","), from: .file(path))
    case .scalar(let scalar):
      guard let key else {
        throw Failure(
          .badConfiguration, "\(path): '\(scalar.string)' where settings were expected")
      }
      if scalar.style == .plain, ["", "~", "null"].contains(scalar.string), known.contains(key) {
        reset(key)
      } else {
        try set(key, to: scalar.string, from: .file(path))
      }
    case .alias:
      throw Failure(.badConfiguration, "\(path): an alias, which settings do not use")
    }
  }

  /// The text of `{ name: nvil, samples: 2 }`; `nil` for anything else.
  private static func specification(_ node: Yams.Node) -> String? {
    guard let mapping = node.mapping, let name = mapping["name"]?.string else { return nil }
    let options = mapping.compactMap { key, value in
      key.string.flatMap { key in value.scalar.map { "\(key)=\($0.string)" } }
    }
    guard options.count == mapping.count else { return nil }
    let own = options.filter { !$0.hasPrefix("name=") }.joined(separator: ",")
    return own.isEmpty ? name : "\(name):\(own)"
  }

  /// Parses a setting; a failure says where the value came from and ends with that source's exit
  /// code.
  public func parse<Value>(_ key: String, _ body: (String) throws(SettingError) -> Value) throws
    -> Value
  {
    guard let (text, origin) = values[key] else {
      throw Failure(.usage, "\(key) is not set")
    }
    do {
      return try body(text)
    } catch {
      throw failure(error.description, from: origin)
    }
  }

  /// An error about the value of a key, found after it was parsed.
  public func failure(_ message: String, of key: String) -> Failure {
    failure(message, from: values[key]?.origin ?? .standard)
  }

  private func failure(_ message: String, from origin: Origin) -> Failure {
    switch origin {
    case .file(let path): Failure(.badConfiguration, "\(path): \(message)")
    case .environment(let name): Failure(.usage, "\(name): \(message)")
    case .standard, .commandLine, .measured: Failure(.usage, message)
    }
  }
}
