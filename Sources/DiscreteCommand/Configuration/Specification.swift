import Tensors

/// A name with options, as in `reinforce:samples=4,baseline=network`.
struct Specification: Equatable {
  var name: String
  /// In the order given.
  var options: [(key: String, value: String)]

  /// Parses `NAME[:key=value,...]`.
  init(_ text: String) throws(SettingError) {
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
  static func list(_ text: String) throws(SettingError) -> [Specification] {
    var result: [Specification] = []
    for part in split(text) { result.append(try Specification(part)) }
    return result
  }

  /// Splits `a:x=1,y=2,b` into `a:x=1,y=2` and `b`: what has a '=' and no name before it belongs to the one before.
  static func split(_ text: String) -> [String] {
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

  static func == (a: Specification, b: Specification) -> Bool { a.text == b.text }

  /// What `init` would parse.
  var text: String {
    guard !options.isEmpty else { return name }
    return name + ":" + options.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  /// Fails unless every option is one of `keys`.
  func allow(_ keys: [String]) throws(SettingError) {
    for (key, _) in options where !keys.contains(key) {
      guard !keys.isEmpty else { throw SettingError("'\(name)' takes no options, not '\(key)'") }
      throw SettingError(unknown("option of \(name)", key, among: keys))
    }
  }

  /// The text of an option, if it is given.
  func option(_ key: String) -> String? { options.first { $0.key == key }?.value }

  /// A whole number within a range, or the default.
  func integer(_ key: String, in range: ClosedRange<Int>, default value: Int) throws(SettingError)
    -> Int
  {
    guard let text = option(key) else { return value }
    return try parseInteger(text, named: "\(name): \(key)", in: range)
  }

  /// A number within a range, or the default.
  func number(_ key: String, in range: Range<Double>, default value: Double) throws(SettingError)
    -> Double
  {
    guard let text = option(key) else { return value }
    return try parseNumber(text, named: "\(name): \(key)", in: range)
  }

  /// A number within a range also after it is rounded to `Scalar`, or the default.
  func scalar(_ key: String, in range: Range<Double>, default value: Double) throws(SettingError)
    -> Scalar
  {
    guard let text = option(key) else { return Scalar(value) }
    return try parseScalar(text, named: "\(name): \(key)", in: range)
  }

  /// True or false, or the default.
  func flag(_ key: String, default value: Bool) throws(SettingError) -> Bool {
    guard let text = option(key) else { return value }
    return try parseFlag(text, named: "\(name): \(key)")
  }
}

/// A name with all its options, as help shows it: `arm:pairs=1`.
func usage(_ name: String, _ options: KeyValuePairs<String, String>) -> String {
  let options = options.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  return options.isEmpty ? name : "\(name):\(options)"
}

/// A setting that makes no sense; where it came from decides the exit code.
struct SettingError: Error {
  let description: String
  init(_ description: String) { self.description = description }
}

func parseFlag(_ text: String, named name: String) throws(SettingError) -> Bool {
  switch text {
  case "true", "yes": return true
  case "false", "no": return false
  default: throw SettingError("\(name) is '\(text)', neither true nor false")
  }
}

func parseInteger(
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

func parseNumber(
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

/// As `parseNumber`, of a number that its rounding to `Scalar` keeps within the range.
func parseScalar(
  _ text: String, named name: String, in range: Range<Double>
) throws(SettingError) -> Scalar {
  let value = Scalar(try parseNumber(text, named: name, in: range))
  guard range.contains(Double(value)) else {
    throw SettingError("\(name) is '\(text)', which rounds to \(value)")
  }
  return value
}
