package import Models
package import Runs
import Stochastics
import Tensors

/// From names to ways of learning an order: relaxed sorts, relaxed matchings, or an estimator over
/// sampled orders.
package enum SortingMethod: Sendable {
  case relaxed(RelaxedSorting.Relaxation, samples: Int)
  case matching(MatchingSorting.Loss, noise: Double, samples: Int)
  case sampled(Specification)

  /// The methods that are not estimators, with the defaults of their options, in the order of the
  /// help.
  package static let own: [(name: String, options: KeyValuePairs<String, String>)] = [
    ("neural-sort", ["samples": "0"]),
    ("soft-sort", ["samples": "0", "power": "1"]),
    ("gumbel-sinkhorn", ["samples": "5", "noise": "1", "loss": "cross-entropy"]),
  ]

  /// The estimators that sample orders of so many items.
  static func estimators(length: Int) -> EstimatorContext<PlackettLuce> {
    EstimatorContext(
      event: [length, length], states: PlackettLuce(logScores: .zeros([length])).stateCount,
      mostStates: 1 << 10)
  }

  /// Estimators that learn from sampled orders.
  package static var sampling: [EstimatorEntry] {
    ["reinforce", "unordered-set", "sum-and-sample", "rebar", "relax", "exact"].compactMap {
      EstimatorCatalogue[$0]
    }
  }

  private static func options(of name: String) -> KeyValuePairs<String, String>? {
    own.first { $0.name == name }?.options
  }

  /// Throws unless it is known, with known options.
  static func check(_ specification: Specification) throws(SettingError) {
    if let options = options(of: specification.name) {
      return try specification.allow(options.map(\.key))
    }
    let names = own.map(\.name) + sampling.map(\.name)
    guard names.contains(specification.name) else {
      throw SettingError(unknown("method", specification.name, among: names))
    }
    try EstimatorCatalogue.check(specification)
  }

  /// The specification with all options.
  static func completed(_ specification: Specification) -> Specification {
    guard let own = options(of: specification.name) else {
      return EstimatorCatalogue.completed(specification)
    }
    return specification.completed(with: own)
  }

  /// With the loss that a matching has where none is given: numbers are put in order, images only
  /// told apart.
  static func resolved(_ specification: Specification, isOfNumbers: Bool) -> Specification {
    guard isOfNumbers, specification.name == "gumbel-sinkhorn",
      specification.option("loss") == nil
    else { return specification }
    var result = specification
    result.options.append(("loss", "reconstruction"))
    return result
  }

  /// The method of a specification, for sequences of so many items.
  init(_ specification: Specification, length: Int) throws(SettingError) {
    try SortingMethod.check(specification)
    func samples(from least: Int, _ standard: Int) throws(SettingError) -> Int {
      try specification.integer("samples", in: least...1000, default: standard)
    }
    switch specification.name {
    case "gumbel-sinkhorn":
      let text = specification.option("loss") ?? "cross-entropy"
      guard text == "reconstruction" || text == "cross-entropy" else {
        throw SettingError(unknown("loss", text, among: ["cross-entropy", "reconstruction"]))
      }
      self = .matching(
        text == "reconstruction" ? .reconstruction : .crossEntropy,
        noise: try specification.number("noise", in: 0..<1e6, default: 1),
        samples: try samples(from: 1, 5))
    case "soft-sort":
      let power = try specification.integer("power", in: 1...2, default: 1)
      self = .relaxed(
        .softSort(power == 1 ? .absolute : .squared), samples: try samples(from: 0, 0))
    case "neural-sort":
      self = .relaxed(.neuralSort, samples: try samples(from: 0, 0))
    default:
      self = .sampled(specification)
      var generator = Philox(seed: 0)
      _ = try SortingMethod.estimators(length: length).make(specification, using: &generator)
    }
  }

  /// Whether it has the temperature of the settings.
  var isRelaxed: Bool {
    if case .sampled = self { return false }
    return true
  }
}
