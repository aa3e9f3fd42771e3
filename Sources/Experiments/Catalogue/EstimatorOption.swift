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
  /// The default as help shows it.
  ///
  /// Where it depends on the law it is a rule, such as `1/(2n)`, which may be given as a value too.
  public let standard: String
  let kind: Kind
  /// The value that replaces the default beside some values of other options.
  private var implied: @Sendable (Specification) -> String? = { _ in nil }

  /// The default beside the options of a specification, as a configuration keeps it.
  func standard(beside specification: Specification) -> String {
    if case .flag(let value?) = kind { return "\(value)" }
    return implied(specification) ?? standard
  }

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

  /// The same with another default beside some values of other options.
  private func implying(_ implied: @escaping @Sendable (Specification) -> String?) -> Self {
    var result = self
    result.implied = implied
    return result
  }

  /// Samples of one estimate, one by default.
  static let samples = whole("samples", 1, in: 1...100_000)
  /// Samples that are compared with each other, two by default.
  static let group = whole("samples", 2, in: 2...100_000)
  /// The same beside a baseline: two by default of leave-one-out.
  static let samplesOfBaseline = samples.implying { $0.isLeaveOneOut ? "2" : nil }
  /// Antithetic pairs of one estimate, one by default.
  static let pairs = whole("pairs", 1, in: 1...100_000)
  /// The temperature of a relaxation.
  static let temperature = number("temperature", 0.5, in: 1e-6..<1e6)
  /// A temperature that may fall as Jang, Gu and Poole's does, by default never below a half or,
  /// where it begins lower, its beginning.
  static let annealed = [
    temperature,
    number("floor", 0.5, in: 1e-6..<1e6).implying { specification in
      specification.option("temperature").flatMap { text in
        Double(text).flatMap { $0 < 0.5 ? text : nil }
      }
    },
    number("rate", 0, in: 0..<1),
    whole("every", 1000, in: 1...Int.max),
  ]
}

/// The options of one specification, read by the ranges and defaults of a row of the catalogue.
struct EstimatorOptions {
  /// As it was given.
  let specification: Specification
  let table: [EstimatorOption]
  /// With all options.
  private let completed: Specification

  init(_ specification: Specification, of entry: EstimatorEntry) {
    self.specification = specification
    table = entry.options
    completed = entry.completed(specification)
  }

  /// Whether an option was given.
  func isSet(_ key: String) -> Bool { specification.option(key) != nil }

  func whole(_ key: String) throws(SettingError) -> Int {
    guard case .whole(let standard, let range) = kind(key) else { mismatch(key) }
    return try completed.integer(key, in: range, default: standard)
  }

  func number(_ key: String) throws(SettingError) -> Double {
    guard let value = try number(ifKnown: key) else { mismatch(key) }
    return value
  }

  /// `nil` where its value is a rule that depends on the law.
  func number(ifKnown key: String) throws(SettingError) -> Double? {
    guard case .number(let standard, let range) = kind(key) else { mismatch(key) }
    if isRule(key) { return nil }
    return try completed.number(key, in: range, default: standard ?? 0)
  }

  /// A number that is within its range also after it is rounded to `Scalar`.
  func scalar(_ key: String) throws(SettingError) -> Scalar {
    guard case .number(let standard?, let range) = kind(key) else { mismatch(key) }
    return try completed.scalar(key, in: range, default: standard)
  }

  func flag(_ key: String) throws(SettingError) -> Bool {
    guard let value = try flag(ifKnown: key) else { mismatch(key) }
    return value
  }

  /// `nil` where its value is a rule that depends on the law.
  func flag(ifKnown key: String) throws(SettingError) -> Bool? {
    guard case .flag(let standard) = kind(key) else { mismatch(key) }
    if isRule(key) { return nil }
    return try completed.flag(key, default: standard ?? false)
  }

  func choice(_ key: String) throws(SettingError) -> String {
    guard case .choice(let names) = kind(key) else { mismatch(key) }
    guard let text = completed.option(key) else { return names[0] }
    guard names.contains(text) else { throw SettingError(unknown(key, text, among: names)) }
    return text
  }

  private func kind(_ key: String) -> EstimatorOption.Kind? {
    table.first { $0.key == key }?.kind
  }

  private func isRule(_ key: String) -> Bool {
    guard let option = table.first(where: { $0.key == key }) else { return false }
    switch option.kind {
    case .number(nil, _), .flag(nil): return completed.option(key) == option.standard
    default: return false
    }
  }

  private func mismatch(_ key: String) -> Never {
    fatalError("the row of \(specification.name) has no such option '\(key)'")
  }
}
