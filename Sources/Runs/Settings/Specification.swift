public import Formats
public import Tensors

/// A name with options, as in `reinforce:samples=4,baseline=network`.
public struct Specification: Equatable, Sendable {
  public var name: String
  /// In the order given.
  public var options: [(key: String, value: String)]

  /// Parses `NAME[:key=value,...]`.
  public init(_ text: String) throws(SettingError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    options = []
    guard parts.count == 2 else { return }
    for option in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty else {
        throw SettingError("'\(option)' in '\(text)' is not key=value")
      }
      guard !options.contains(where: { $0.key == pair[0] }) else {
        throw SettingError("'\(pair[0])' is given twice in '\(text)'")
      }
      options.append((String(pair[0]), String(pair[1])))
    }
  }

  /// Parses specifications with commas between.
  public static func list(_ text: String) throws(SettingError) -> [Specification] {
    var result: [Specification] = []
    for part in split(text) { result.append(try Specification(part)) }
    return result
  }

  /// Splits `a:x=1,y=2,b` into `a:x=1,y=2` and `b`: what has a '=' and no name before it belongs to
  /// the one before.
  public static func split(_ text: String) -> [String] {
    var result: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if let last = result.last, part.contains("="), !part.contains(":") {
        result[result.count - 1] = last + (last.contains(":") ? "," : ":") + part
      } else {
        result.append(part)
      }
    }
    return result
  }

  public static func == (a: Specification, b: Specification) -> Bool { a.text == b.text }

  /// A text that `init` parses into this value.
  public var text: String {
    guard !options.isEmpty else { return name }
    return name + ":" + options.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  /// An object with the name and the options, numbers and truth values as such.
  public var json: JSON {
    func value(_ text: String) -> JSON {
      if let number = Double(text), number.isFinite { return JSON(number) }
      return ["true", "false"].contains(text) ? .bool(text == "true") : JSON(text)
    }
    return .object([.init("name", JSON(name))] + options.map { .init($0.key, value($0.value)) })
  }

  /// With the defaults of the options that are not given, in the order of the defaults.
  package func completed(
    with defaults: some Sequence<(key: String, value: String)>
  ) -> Specification {
    let defaults = Array(defaults)
    var result = self
    result.options =
      defaults.map { ($0.key, option($0.key) ?? $0.value) }
      + options.filter { own in !defaults.contains { $0.key == own.key } }
    return result
  }

  /// Fails unless every option is one of `keys`.
  public func allow(_ keys: [String]) throws(SettingError) {
    for (key, _) in options where !keys.contains(key) {
      guard !keys.isEmpty else { throw SettingError("'\(name)' takes no options, not '\(key)'") }
      throw SettingError(unknown("option of \(name)", key, among: keys))
    }
  }

  /// The text of an option, if it is given.
  public func option(_ key: String) -> String? { options.first { $0.key == key }?.value }

  /// A whole number within a range, or the default.
  public func integer(_ key: String, in range: ClosedRange<Int>, default value: Int)
    throws(SettingError)
    -> Int
  {
    guard let text = option(key) else { return value }
    return try parseInteger(text, named: "\(name): \(key)", in: range)
  }

  /// A number within a range, or the default.
  public func number(_ key: String, in range: Range<Double>, default value: Double)
    throws(SettingError)
    -> Double
  {
    guard let text = option(key) else { return value }
    return try parseNumber(text, named: "\(name): \(key)", in: range)
  }

  /// A number within a range also after it is rounded to `Scalar`, or the default.
  public func scalar(_ key: String, in range: Range<Double>, default value: Double)
    throws(SettingError)
    -> Scalar
  {
    guard let text = option(key) else { return Scalar(value) }
    return try parseScalar(text, named: "\(name): \(key)", in: range)
  }

  /// True or false, or the default.
  public func flag(_ key: String, default value: Bool) throws(SettingError) -> Bool {
    guard let text = option(key) else { return value }
    return try parseFlag(text, named: "\(name): \(key)")
  }
}

/// A name with all its options, as help shows it: `arm:pairs=1`.
package func usage(_ name: String, _ options: KeyValuePairs<String, String>) -> String {
  let options = options.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  return options.isEmpty ? name : "\(name):\(options)"
}

/// A setting that makes no sense; where it came from decides the exit code.
public struct SettingError: Error, CustomStringConvertible, Sendable {
  public let description: String
  public init(_ description: String) { self.description = description }
}

package func parseFlag(_ text: String, named name: String) throws(SettingError) -> Bool {
  switch text {
  case "true", "yes": return true
  case "false", "no": return false
  default: throw SettingError("\(name) is '\(text)', expected yes, no, true or false")
  }
}

package func parseInteger(
  _ text: String, named name: String, in range: ClosedRange<Int>
) throws(SettingError) -> Int {
  guard let value = Int(text), range.contains(value) else {
    let bound =
      range.upperBound == .max
      ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    throw SettingError("\(name) is '\(text)', not a whole number \(bound)")
  }
  return value
}

package func parseNumber(
  _ text: String, named name: String, in range: Range<Double>
) throws(SettingError) -> Double {
  guard let value = Double(text), value.isFinite, range.contains(value) else {
    let bound =
      range.upperBound == .infinity
      ? "of \(range.lowerBound) or more" : "in [\(range.lowerBound), \(range.upperBound))"
    throw SettingError("\(name) is '\(text)', not a number \(bound)")
  }
  return value
}

/// Whole numbers from 1 to a million with commas between.
package func parseSizes(
  _ text: String, named name: String, most: Int = .max
) throws(SettingError) -> [Int] {
  var result: [Int] = []
  for part in text.split(separator: ",", omittingEmptySubsequences: false) {
    guard let size = Int(part), (1...1_000_000).contains(size) else {
      throw SettingError(
        "\(name) is '\(text)', expected whole numbers from 1 to 1000000 with commas between")
    }
    result.append(size)
  }
  guard result.count <= most else {
    throw SettingError(
      "\(name) is '\(text)', \(result.count) sizes, expected \(most) at most")
  }
  return result
}

/// As `parseNumber`, of a number that its rounding to `Scalar` keeps within the range.
package func parseScalar(
  _ text: String, named name: String, in range: Range<Double>
) throws(SettingError) -> Scalar {
  let value = Scalar(try parseNumber(text, named: name, in: range))
  guard range.contains(Double(value)) else {
    throw SettingError("\(name) is '\(text)', which rounds to \(value)")
  }
  return value
}
