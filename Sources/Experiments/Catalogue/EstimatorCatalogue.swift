public import Runs
import Stochastics
import Tensors

/// The estimators with names: one row of one table each.
///
/// The fits of a law, the calls of a black box, the help of the command and the names in its
/// messages are derived from the table.
public enum EstimatorCatalogue {
  /// Every row, in the order in which they are shown.
  public static let all: [EstimatorEntry] =
    scoreFunction + policyGradients + antithetic + withoutReplacement + controlVariates
    + relaxations + structures
    + orders + bounds

  /// The name that stands for a choice by measuring, where models are trained.
  public static let auto = "auto"

  /// The row of a name; `nil` where it is unknown.
  public static subscript(name: String) -> EstimatorEntry? { all.first { $0.name == name } }

  /// The row of a specification; throws where its name is unknown or `auto`.
  public static func entry(_ specification: Specification) throws(SettingError) -> EstimatorEntry {
    if let entry = self[specification.name] { return entry }
    guard specification.name == auto else {
      throw SettingError(
        unknown("estimator", specification.name, among: all.map(\.name) + [auto]))
    }
    throw SettingError(
      "auto stands for one estimator of all layers, which train chooses; compare --estimators all shows what it would choose from"
    )
  }

  /// Throws unless the name is known, or `auto`, and the keys of its options too.
  public static func check(_ specification: Specification) throws(SettingError) {
    guard specification.name != auto else { return try specification.allow([]) }
    try specification.allow(entry(specification).options.map(\.key))
  }

  /// With the defaults of all options that it leaves out; `auto` and unknown names as they are.
  static func completed(_ specification: Specification) -> Specification {
    self[specification.name]?.completed(specification) ?? specification
  }

  /// The estimators for the latents of a model: bits, classes or, where the cost is differentiable,
  /// structures that are conditioned on inputs.
  ///
  /// - Parameter isBlackBox: whether the cost is called at hard samples only.
  public static func ofLatents(isBlackBox: Bool) -> [EstimatorEntry] {
    let laws = Law.all.filter { law in
      law.law is any VectorDistribution.Type || (!isBlackBox && law.structure != nil)
    }
    let sites = laws.map(\.example.ofLatents)
    return all.filter { entry in
      sites.contains { site in
        isBlackBox ? entry.isBlackBox(at: site) : entry.standard(at: site) != nil
      }
    }
  }
}

extension EstimatorSite {
  /// The same law with inputs and with nothing known of the cost.
  fileprivate var ofLatents: EstimatorSite {
    EstimatorSite(
      law: law, event: event, center: [0.5], states: states, mostStates: mostStates, slope: nil,
      metric: nil, rowAxes: 0)
  }
}
