import Formats
import Runs

/// How a generator follows the discriminator, by name, as in `reinforce:baseline=network`.
package struct SequenceEstimator: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case reinforce, relax
    case straightThrough = "st-gumbel-softmax"
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

  init(_ kind: Kind, baseline: Baseline?) {
    self.kind = kind
    self.baseline = baseline
  }

  /// Parses `NAME[:baseline=NAME]`.
  init(_ text: String) throws(SettingError) {
    let specification = try Specification(text)
    guard let kind = Kind(rawValue: specification.name) else {
      throw SettingError(
        unknown("estimator", specification.name, among: Kind.allCases.map(\.rawValue)))
    }
    try specification.allow(kind == .reinforce ? ["baseline"] : [])
    self.kind = kind
    baseline = try specification.option("baseline").map { (name) throws(SettingError) in
      guard let baseline = Baseline(rawValue: name) else {
        throw SettingError(unknown("baseline", name, among: Baseline.allCases.map(\.rawValue)))
      }
      return baseline
    }
  }

  /// A text that `init` parses into this value.
  var text: String {
    kind.rawValue + (baseline.map { ":baseline=\($0.rawValue)" } ?? "")
  }

  /// As a configuration file shows it.
  var json: JSON {
    let option = baseline.map { [JSON.Member("baseline", JSON($0.rawValue))] }
    return .object([.init("name", JSON(kind.rawValue))] + (option ?? []))
  }
}
