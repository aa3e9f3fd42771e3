import Formats
import Runs
import Stochastics

/// How a generator follows the discriminator, by name, as in `reinforce:baseline=network`.
package struct SequenceEstimator: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case reinforce, rloo, remax
    case meanCentered = "mean-centered"
    case grpo
    case whitened = "reinforce++"
    case relax
    case straightThrough = "st-gumbel-softmax"

    /// Whether samples are compared with each other.
    var isOfGroup: Bool { [.rloo, .meanCentered, .grpo, .whitened].contains(self) }

    var options: [String] {
      switch self {
      case .reinforce: ["baseline"]
      case .grpo: ["deviation", "length"]
      default: []
      }
    }
  }

  /// The divisions of GRPO.
  struct Divisions: Sendable {
    var deviation = GroupAdvantage.Scale.sampleDeviation
    var byLength = true
  }

  package enum Baseline: String, CaseIterable, Sendable {
    case absent = "none"
    case leaveOneOut = "leave-one-out"
    case movingAverage = "moving-average"
    case constant, network
  }

  let kind: Kind
  /// The baseline of REINFORCE; `nil` where it is not named.
  let baseline: Baseline?
  /// Of GRPO.
  let divisions: Divisions

  init(_ kind: Kind, baseline: Baseline?, divisions: Divisions) {
    (self.kind, self.baseline, self.divisions) = (kind, baseline, divisions)
  }

  /// Parses `reinforce[:baseline=NAME]`, `grpo[:deviation=NAME,length=yes|no]` and other names.
  init(_ text: String) throws(SettingError) {
    let specification = try Specification(text)
    guard let kind = Kind(rawValue: specification.name) else {
      throw SettingError(
        unknown("estimator", specification.name, among: Kind.allCases.map(\.rawValue)))
    }
    try specification.allow(kind.options)
    self.kind = kind
    baseline = try specification.option("baseline").map { (name) throws(SettingError) in
      guard let baseline = Baseline(rawValue: name) else {
        throw SettingError(unknown("baseline", name, among: Baseline.allCases.map(\.rawValue)))
      }
      return baseline
    }
    var divisions = Divisions()
    if let name = specification.option("deviation") {
      guard let scale = GroupAdvantage.Scale(rawValue: name) else {
        throw SettingError(
          unknown("deviation", name, among: GroupAdvantage.Scale.allCases.map(\.rawValue)))
      }
      divisions.deviation = scale
    }
    divisions.byLength = try specification.flag("length", default: divisions.byLength)
    self.divisions = divisions
  }

  private var options: [(key: String, value: String)] {
    switch kind {
    case .reinforce: baseline.map { [("baseline", $0.rawValue)] } ?? []
    case .grpo:
      [("deviation", divisions.deviation.rawValue), ("length", divisions.byLength ? "yes" : "no")]
    default: []
    }
  }

  /// A text that `init` parses into this value.
  var text: String {
    let options = options.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    return kind.rawValue + (options.isEmpty ? "" : ":\(options)")
  }

  /// As a configuration file shows it.
  var json: JSON {
    .object(
      [.init("name", JSON(kind.rawValue))] + options.map { .init($0.key, JSON($0.value)) })
  }
}
