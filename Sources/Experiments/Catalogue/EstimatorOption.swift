import Runs
import Tensors

/// An option of a named estimator: its key, its default and its range, said once.
public struct EstimatorOption: Sendable {
  enum Kind: Sendable {
    case whole(Int, in: ClosedRange<Int>)
    /// Without a default where that depends on the law.
    case number(Double?, in: Range<Double>)
    case flag(Bool?)
    /// The first is the default.
    case choice([String])
  }

  public let key: String
  /// The default as help shows it; a rule where it depends on the law, such as `1/(2n)`.
  public let standard: String
  let kind: Kind

  static func whole(_ key: String, _ standard: Int, in range: ClosedRange<Int>) -> Self {
    Self(key: key, standard: "\(standard)", kind: .whole(standard, in: range))
  }

  static func number(_ key: String, _ standard: Double, in range: Range<Double>) -> Self {
    let isWhole = standard == standard.rounded()
    return Self(
      key: key, standard: isWhole ? "\(Int(standard))" : "\(standard)",
      kind: .number(standard, in: range))
  }

  /// - Parameter rule: the default, which depends on the law.
  static func number(_ key: String, rule: String, in range: Range<Double>) -> Self {
    Self(key: key, standard: rule, kind: .number(nil, in: range))
  }

  static func flag(_ key: String, _ standard: Bool) -> Self {
    Self(key: key, standard: standard ? "yes" : "no", kind: .flag(standard))
  }

  /// - Parameter rule: the default, which depends on the law.
  static func flag(_ key: String, rule: String) -> Self {
    Self(key: key, standard: rule, kind: .flag(nil))
  }

  /// One of some names, of which the first is the default.
  static func choice(_ key: String, _ names: [String]) -> Self {
    Self(key: key, standard: names[0], kind: .choice(names))
  }

  /// Samples of one estimate, one by default.
  static let samples = whole("samples", 1, in: 1...100_000)
  /// Antithetic pairs of one estimate, one by default.
  static let pairs = whole("pairs", 1, in: 1...100_000)
  /// The temperature of a relaxation.
  static let temperature = number("temperature", 0.5, in: 1e-6..<1e6)
  /// A temperature that may fall as Jang, Gu and Poole's does.
  static let annealed = [
    temperature, number("floor", 0.5, in: 1e-6..<1e6), number("rate", 0, in: 0..<1),
    whole("every", 1000, in: 1...Int.max),
  ]
}

/// The options of one specification, read by the ranges and defaults of a row of the catalogue.
struct EstimatorOptions {
  let specification: Specification
  let table: [EstimatorOption]

  func isSet(_ key: String) -> Bool { specification.option(key) != nil }

  func whole(_ key: String) throws(SettingError) -> Int {
    guard case .whole(let standard, let range) = kind(key) else { mismatch(key) }
    return try specification.integer(key, in: range, default: standard)
  }

  func number(_ key: String) throws(SettingError) -> Double {
    guard let value = try number(ifKnown: key) else { mismatch(key) }
    return value
  }

  /// `nil` where it is not given and its default depends on the law.
  func number(ifKnown key: String) throws(SettingError) -> Double? {
    guard case .number(let standard, let range) = kind(key) else { mismatch(key) }
    guard isSet(key) else { return standard }
    return try specification.number(key, in: range, default: 0)
  }

  /// A number that is within its range also after it is rounded to `Scalar`.
  func scalar(_ key: String) throws(SettingError) -> Scalar {
    guard case .number(let standard?, let range) = kind(key) else { mismatch(key) }
    return try specification.scalar(key, in: range, default: standard)
  }

  func flag(_ key: String) throws(SettingError) -> Bool {
    guard let value = try flag(ifKnown: key) else { mismatch(key) }
    return value
  }

  /// `nil` where it is not given and its default depends on the law.
  func flag(ifKnown key: String) throws(SettingError) -> Bool? {
    guard case .flag(let standard) = kind(key) else { mismatch(key) }
    guard isSet(key) else { return standard }
    return try specification.flag(key, default: false)
  }

  func choice(_ key: String) throws(SettingError) -> String {
    guard case .choice(let names) = kind(key) else { mismatch(key) }
    guard let text = specification.option(key) else { return names[0] }
    guard names.contains(text) else { throw SettingError(unknown(key, text, among: names)) }
    return text
  }

  private func kind(_ key: String) -> EstimatorOption.Kind? {
    table.first { $0.key == key }?.kind
  }

  private func mismatch(_ key: String) -> Never {
    fatalError("the row of \(specification.name) has no such option '\(key)'")
  }
}
