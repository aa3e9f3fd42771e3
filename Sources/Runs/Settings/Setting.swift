public import Formats

/// One setting of a kind of run: its key, type, range, default and help, said once.
///
/// A configuration file, `--set`, an environment variable and a flag all give texts, which the one
/// parser of the setting reads.
public struct Setting<Value: Sendable>: SettingDescription, Sendable {
  public let key: String
  public let standard: String?
  public let help: String
  public let placeholder: String
  private let parse: @Sendable (String) throws(SettingError) -> Value
  private let encode: @Sendable (Value) -> JSON

  /// A setting of any type.
  ///
  /// - Parameters:
  ///   - standard: the text of its default; `nil` for one that is unset by default.
  ///   - help: a sentence.
  ///   - placeholder: what stands for a value in the help, such as `n`.
  ///   - encode: how a configuration file shows a value; `parse` reads that text again.
  public init(
    _ key: String, _ standard: String?, _ help: String, _ placeholder: String,
    encode: @escaping @Sendable (Value) -> JSON,
    parse: @escaping @Sendable (String) throws(SettingError) -> Value
  ) {
    self.key = key
    self.standard = standard
    self.help = help
    self.placeholder = placeholder
    self.encode = encode
    self.parse = parse
  }

  func value(of text: String) throws(SettingError) -> Value { try parse(text) }

  public func json(of text: String) throws(SettingError) -> JSON { encode(try parse(text)) }
}

/// The facts of a setting that do not depend on its type.
public protocol SettingDescription: Sendable {
  var key: String { get }
  /// The text of its default; `nil` for one that is unset by default.
  var standard: String? { get }
  var help: String { get }
  var placeholder: String { get }

  /// The value of a text as a configuration file shows it.
  func json(of text: String) throws(SettingError) -> JSON
}

extension Setting where Value == Int {
  /// A whole number within a range.
  public static func whole(
    _ key: String, _ standard: Int?, in range: ClosedRange<Int>, _ help: String,
    _ placeholder: String = "n"
  ) -> Setting {
    Setting(key, standard.map { "\($0)" }, help, placeholder, encode: { JSON($0) }) {
      (text) throws(SettingError) in try parseInteger(text, named: key, in: range)
    }
  }
}

extension Setting where Value == Double {
  /// A number within a range.
  public static func number(
    _ key: String, _ standard: Double?, in range: Range<Double>, _ help: String,
    _ placeholder: String = "number"
  ) -> Setting {
    Setting(key, standard.map { shortest($0) }, help, placeholder, encode: { JSON($0) }) {
      (text) throws(SettingError) in try parseNumber(text, named: key, in: range)
    }
  }

  /// A positive number, such as a learning rate.
  public static func positive(
    _ key: String, _ standard: Double?, _ help: String, _ placeholder: String = "rate"
  ) -> Setting {
    Setting(key, standard.map { shortest($0) }, help, placeholder, encode: { JSON($0) }) {
      (text) throws(SettingError) in
      guard let value = Double(text), value.isFinite, value > 0 else {
        throw SettingError("\(key) is '\(text)', not a positive number")
      }
      return value
    }
  }

  /// A share in [0, 1].
  public static func share(
    _ key: String, _ standard: Double?, _ help: String, _ placeholder: String = "share"
  ) -> Setting {
    Setting(key, standard.map { shortest($0) }, help, placeholder, encode: { JSON($0) }) {
      (text) throws(SettingError) in
      guard let value = Double(text), value >= 0, value <= 1 else {
        throw SettingError("\(key) is '\(text)', not a number from 0 to 1")
      }
      return value
    }
  }
}

/// A number as people write it: 1, 0.001, 1e-8.
private func shortest(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}

extension Setting where Value == UInt64 {
  /// A seed.
  public static func seed(_ help: String) -> Setting {
    Setting("seed", "1", help, "seed", encode: { JSON(Double($0)) }) {
      (text) throws(SettingError) in
      // Larger ones would not come back from a configuration file as they were.
      guard let seed = UInt64(text), seed <= 1 << 53 else {
        throw SettingError("seed is '\(text)', not a whole number from 0 to \(1 << 53)")
      }
      return seed
    }
  }
}

extension Setting where Value == Bool {
  /// True or false.
  public static func flag(_ key: String, _ standard: Bool, _ help: String) -> Setting {
    Setting(key, "\(standard)", help, "true|false", encode: { JSON.bool($0) }) {
      (text) throws(SettingError) in try parseFlag(text, named: key)
    }
  }
}

extension Setting where Value == String {
  /// Any text, such as the name of a file.
  public static func text(
    _ key: String, _ standard: String?, _ help: String, _ placeholder: String
  ) -> Setting {
    Setting(key, standard, help, placeholder, encode: { JSON($0) }) { $0 }
  }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
  /// One of a few names.
  public static func choice(
    _ key: String, _ standard: Value?, _ help: String, _ placeholder: String = "name"
  ) -> Setting {
    Setting(key, standard?.rawValue, help, placeholder, encode: { JSON($0.rawValue) }) {
      (text) throws(SettingError) in
      guard let choice = Value(rawValue: text) else {
        throw SettingError(unknown(key, text, among: Value.allCases.map(\.rawValue)))
      }
      return choice
    }
  }
}

extension Setting where Value == [Int] {
  /// Whole numbers from 1 to a million with commas between; none for an empty text.
  public static func sizes(
    _ key: String, _ standard: String?, most: Int = .max, _ help: String,
    _ placeholder: String = "sizes"
  ) -> Setting {
    Setting(key, standard, help, placeholder, encode: { .array($0.map { JSON($0) }) }) {
      (text) throws(SettingError) in
      text.isEmpty ? [] : try parseSizes(text, named: key, most: most)
    }
  }
}

extension Setting where Value == Specification {
  /// A name with options; `check` throws unless it is known, with known options.
  ///
  /// - Parameter completing: fills in the defaults of options, which a configuration file then
  ///   shows.
  public static func specification(
    _ key: String, _ standard: String?, _ help: String,
    _ placeholder: String = "name[:key=value,...]",
    completing: @escaping @Sendable (Specification) -> Specification = { $0 },
    check: @escaping @Sendable (Specification) throws(SettingError) -> Void
  ) -> Setting {
    Setting(key, standard, help, placeholder, encode: { completing($0).json }) {
      (text) throws(SettingError) in
      let specification = try Specification(text)
      try check(specification)
      return specification
    }
  }
}
