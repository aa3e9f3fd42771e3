import Experiments
import Models
import Runs
import Stochastics
import Tensors

/// From names to ways of learning an order: relaxed sorts, relaxed matchings, or an estimator over sampled orders.
enum SortingMethod {
  case relaxed(RelaxedSorting.Relaxation, samples: Int)
  case matching(MatchingSorting.Loss, noise: Double, samples: Int)
  case sampled(Specification)

  /// Those of this verb alone, with the defaults of their options, in the order of the help.
  static let own: [(name: String, options: KeyValuePairs<String, String>)] = [
    ("neural-sort", ["samples": "0"]),
    ("soft-sort", ["samples": "0", "power": "1"]),
    ("gumbel-sinkhorn", ["samples": "5", "noise": "1", "loss": "cross-entropy"]),
  ]

  /// Those that sample orders of so many items.
  static func estimators(length: Int) -> OrderEstimators {
    OrderEstimators(
      itemCount: length, states: PlackettLuce(logScores: .zeros([length])).stateCount,
      mostStates: 1 << 10)
  }

  /// Estimators that learn from sampled orders.
  static var sampling: [EstimatorName] {
    [.reinforce, .unorderedSet, .sumAndSample, .rebar, .relax, .exact]
  }

  /// The name in a specification with its options; samples of a relaxed sort are 0 where it has no noise.
  init(_ specification: Specification, isOfNumbers: Bool, length: Int) throws(SettingError) {
    guard let own = SortingMethod.own.first(where: { $0.name == specification.name }) else {
      let names = SortingMethod.own.map(\.name) + SortingMethod.sampling.map(\.rawValue)
      guard names.contains(specification.name) else {
        throw SettingError(unknown("method", specification.name, among: names))
      }
      self = .sampled(specification)
      var generator = Philox(seed: 0)
      _ = try SortingMethod.estimators(length: length).make(specification, using: &generator)
      return
    }
    try specification.allow(own.options.map(\.key))
    switch own.name {
    case "gumbel-sinkhorn":
      let text = specification.option("loss") ?? (isOfNumbers ? "reconstruction" : "cross-entropy")
      guard text == "reconstruction" || text == "cross-entropy" else {
        throw SettingError(unknown("loss", text, among: ["cross-entropy", "reconstruction"]))
      }
      self = .matching(
        text == "reconstruction" ? .reconstruction : .crossEntropy,
        noise: try specification.number("noise", in: 0..<1e6, default: 1),
        samples: try specification.integer("samples", in: 1...1000, default: 5))
    case "soft-sort":
      let power = try specification.integer("power", in: 1...2, default: 1)
      self = .relaxed(
        .softSort(power == 1 ? .absolute : .squared),
        samples: try specification.integer("samples", in: 0...1000, default: 0))
    default:
      self = .relaxed(
        .neuralSort, samples: try specification.integer("samples", in: 0...1000, default: 0))
    }
  }

  /// Whether it has the temperature of the settings.
  var isRelaxed: Bool {
    if case .sampled = self { return false }
    return true
  }
}
