import Learning
import Runs
import Stochastics
import Tensors

/// A row of the ``EstimatorCatalogue``: the name of an estimator, its options, and what it makes
/// for which law.
///
/// Whether it fits a law, and whether it calls the cost as a black box, is found by making one.
public struct EstimatorEntry: Sendable {
  /// An estimator of an expectation, or of a multi-sample bound.
  typealias Made = any Parameterized & Sendable

  /// Makes one for a law; `nil` where it is not for laws of that kind.
  typealias Factory =
    @Sendable (EstimatorSite, EstimatorOptions, inout Philox) throws(SettingError) -> Made?

  public let name: String
  /// One sentence.
  public let summary: String
  /// When it is the one to take, a sentence of the page *Which estimator?* in short.
  public let advice: String
  public let options: [EstimatorOption]
  /// Specifications that a comparison of all shows beside the defaults.
  public let variants: [String]
  private let factory: Factory

  init(
    _ name: String, _ summary: String, when advice: String, _ options: [EstimatorOption] = [],
    variants: [String] = [], factory: @escaping Factory
  ) {
    self.name = name
    self.summary = summary
    self.advice = advice
    self.options = options
    self.variants = variants
    self.factory = factory
  }

  /// The name with all options and their defaults, as help shows it: `arm:pairs=1`.
  public var usage: String {
    let options = options.map { "\($0.key)=\($0.standard)" }.joined(separator: ",")
    return options.isEmpty ? name : "\(name):\(options)"
  }

  /// A specification of this name with the defaults of the options that it leaves out.
  func completed(_ specification: Specification) -> Specification {
    specification.completed(
      with: options.map { ($0.key, $0.standard(beside: specification)) })
  }

  /// The estimator of a specification of this name, `nil` where it is for laws of another kind.
  func make(
    _ specification: Specification, at site: EstimatorSite, using generator: inout Philox
  ) throws(SettingError) -> Made? {
    try specification.allow(options.map(\.key))
    let options = EstimatorOptions(specification, of: self)
    guard let made = try factory(site, options, &generator) else { return nil }
    return EstimatorEntry.law(of: made) == site.law ? made : nil
  }

  /// Whether it is for laws of this kind, even if something it needs is missing here.
  func isFor(_ site: EstimatorSite) -> Bool {
    guard let plain = try? Specification(name) else { return false }
    var generator = Philox(seed: 0)
    do { return try make(plain, at: site, using: &generator) != nil } catch { return true }
  }

  /// The estimator of the default options, `nil` where they do not fit.
  func standard(at site: EstimatorSite) -> Made? {
    guard let plain = try? Specification(name) else { return nil }
    var generator = Philox(seed: 0)
    return (try? make(plain, at: site, using: &generator)) ?? nil
  }

  /// Whether the defaults make an estimator that calls the cost at hard samples only.
  func isBlackBox(at site: EstimatorSite) -> Bool {
    standard(at: site) is any BlackBoxGradientEstimator
  }

  /// Whether it estimates a multi-sample bound in place of the expectation.
  public var isOfBound: Bool {
    Law.all.contains { standard(at: $0.example) is any BoundEstimator }
  }

  private static func law(of made: Made) -> Any.Type? {
    func law<E: GradientEstimator>(_: E) -> Any.Type { E.Distribution.self }
    func law<E: BoundEstimator>(bound _: E) -> Any.Type { E.Distribution.self }
    if let estimator = made as? any GradientEstimator { return law(estimator) }
    return (made as? any BoundEstimator).map { law(bound: $0) }
  }
}
