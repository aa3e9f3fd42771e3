public import Runs
public import Stochastics
public import Tensors

/// The facts about a law and a problem from which an estimator is made by its name.
public struct EstimatorContext<Distribution: SampledDistribution>: Sendable {
  let site: EstimatorSite

  /// - Parameters:
  ///   - event: the shape of the features of one event: `[n]` for bits, `[n, K]` for classes,
  ///     `[places, n]` for orders.
  ///   - center: the mean of what the variables are conditioned on, [inputs], where there is such a
  ///     thing.
  ///   - states: number of joint states, `nil` if it exceeds what an integer holds.
  ///   - slope: the gradient of the cost at the mean, where it is known: `control-variate` needs
  ///     it.
  ///   - metric: what the cost of orders is made of, where it is known: `pl-rank` needs it.
  ///   - mostStates: joint states up to which they can be listed.
  ///   - rowAxes: the first axes of the batch that hold estimates of the same problem:
  ///     `reinforce++` keeps them apart.
  public init(
    event: [Int], center: Tensor? = nil, states: Int?, slope: Tensor? = nil,
    metric: RankingMetric? = nil, mostStates: Int = 1 << 16, rowAxes: Int = 0
  ) {
    site = EstimatorSite(
      law: Distribution.self, event: event, center: center, states: states,
      mostStates: mostStates, slope: slope, metric: metric, rowAxes: rowAxes)
  }

  public var event: [Int] { site.event }

  /// The rows whose defaults make an estimator of an expectation here.
  public var fitting: [EstimatorEntry] {
    EstimatorCatalogue.all.filter { $0.standard(at: site) is any GradientEstimator }
  }

  /// The estimator that a specification describes; throws where there is none for this law.
  public func make(
    _ specification: Specification, using generator: inout Philox
  ) throws(SettingError) -> any GradientEstimator<Distribution> {
    let made = try made(specification, using: &generator)
    if let estimator = made as? any GradientEstimator<Distribution> { return estimator }
    if made is any BoundEstimator {
      throw SettingError(
        "\(specification.name) estimates a multi-sample bound, which train vae and compare take in place of the expectation"
      )
    }
    throw SettingError(
      "\(specification.text) does not fit \(site.kind); those that do are \(names(fitting))")
  }

  /// The same for a cost that is a black box.
  public func makeBlackBox(
    _ specification: Specification, using generator: inout Philox
  ) throws(SettingError) -> any BlackBoxGradientEstimator<Distribution> {
    let made = try make(specification, using: &generator)
    if let estimator = made as? any BlackBoxGradientEstimator<Distribution> { return estimator }
    throw SettingError(
      "\(specification.name) differentiates the cost, which is called at hard samples only here; those that fit are \(names(fitting.filter { $0.isBlackBox(at: site) }))"
    )
  }

  private func made(
    _ specification: Specification, using generator: inout Philox
  ) throws(SettingError) -> EstimatorEntry.Made? {
    try EstimatorCatalogue.entry(specification).make(specification, at: site, using: &generator)
  }

  private func names(_ entries: [EstimatorEntry]) -> String {
    entries.map(\.name).joined(separator: ", ")
  }
}

extension EstimatorContext where Distribution: DiscreteDistribution {
  /// The estimator of a multi-sample bound that a specification describes.
  public func makeBound(
    _ specification: Specification
  ) throws(SettingError) -> VIMCO<Distribution> {
    var generator = Philox(seed: 0)
    guard let bound = try made(specification, using: &generator) as? VIMCO<Distribution> else {
      throw SettingError("\(specification.name) does not estimate a multi-sample bound; vimco does")
    }
    return bound
  }
}
