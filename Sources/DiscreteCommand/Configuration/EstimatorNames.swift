import Stochastics
import Tensors

/// From names to estimators: the one place that lists them.
enum EstimatorName: String, CaseIterable {
  case exact
  case reinforce
  case nvil

  /// What an estimator may need to be made.
  struct Context {
    /// The mean of what the layer is conditioned on, [inputs].
    let centre: Tensor
    /// Number of joint states of the layer's variables, `nil` if it exceeds what an integer holds.
    let states: Int?
  }

  static func parse(_ specification: Specification) throws(SettingError) -> EstimatorName {
    guard let name = EstimatorName(rawValue: specification.name) else {
      throw SettingError(
        unknown("estimator", specification.name, among: allCases.map(\.rawValue)))
    }
    return name
  }

  /// The estimator a specification describes.
  static func make<D: EnumerableDistribution>(
    _ specification: Specification, over: D.Type, for context: Context,
    using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any BlackBoxGradientEstimator<D> {
    switch try parse(specification) {
    case .exact:
      try specification.allow([])
      guard let states = context.states, states <= mostStates else {
        throw SettingError(
          "exact lists every joint state of a layer and fits up to \(mostStates) of them; reinforce and nvil fit any number"
        )
      }
      return Exact<D>()
    case .reinforce:
      return try makeReinforce(specification, over: D.self, for: context, using: &generator)
    case .nvil:
      try specification.allow(["samples", "decay", "units", "normalize"])
      let units = try specification.integer("units", in: 0...100_000, default: 100)
      let network =
        units == 0
        ? nil : NetworkBaseline(centre: context.centre, units: units, using: &generator)
      return NVIL<D>(
        network: network,
        samples: try specification.integer("samples", in: 1...100_000, default: 1),
        decay: Scalar(try specification.number("decay", in: 1e-6..<1, default: 0.8)),
        normalizesVariance: try specification.flag("normalize", default: true))
    }
  }

  private static let mostStates = 1 << 16

  private static func makeReinforce<D: DiscreteDistribution>(
    _ specification: Specification, over: D.Type, for context: Context,
    using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any BlackBoxGradientEstimator<D> {
    try specification.allow(["samples", "baseline"])
    let known = ["none", "constant", "moving-average", "network", "leave-one-out"]
    let baseline = specification.option("baseline") ?? "none"
    let fewest = baseline == "leave-one-out" ? 2 : 1
    let samples = try specification.integer("samples", in: fewest...100_000, default: fewest)
    switch baseline {
    case "none":
      return Reinforce<D, NoBaseline>(samples: samples, baseline: .none)
    case "constant":
      return Reinforce<D, ConstantBaseline>(samples: samples, baseline: .constant())
    case "moving-average":
      return Reinforce<D, MovingAverageBaseline>(
        samples: samples, baseline: .movingAverage())
    case "network":
      let network = NetworkBaseline(centre: context.centre, using: &generator)
      return Reinforce<D, NetworkBaseline>(samples: samples, baseline: network)
    case "leave-one-out":
      return Reinforce<D, LeaveOneOutBaseline>(samples: samples, baseline: .leaveOneOut)
    default:
      throw SettingError(unknown("baseline", baseline, among: known))
    }
  }
}
