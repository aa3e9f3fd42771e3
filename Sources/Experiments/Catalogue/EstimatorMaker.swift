package import Runs
package import Stochastics
package import Tensors

extension Specification {
  private var isLeaveOneOut: Bool { option("baseline") == "leave-one-out" }

  /// The samples of an estimator with a baseline: one by default, and of leave-one-out two at
  /// least.
  fileprivate func sampleCount() throws(SettingError) -> Int {
    guard isLeaveOneOut else { return try integer("samples", in: 1...100_000, default: 1) }
    guard option("samples") != "1" else {
      throw SettingError(
        "\(name): samples is '1', leave-one-out needs two or more: the baseline of each is the mean of the others"
      )
    }
    return try integer("samples", in: 2...100_000, default: 2)
  }

  /// With the two samples of leave-one-out where none are given.
  package var withImpliedSamples: Specification {
    guard isLeaveOneOut, option("samples") == nil else { return self }
    var result = self
    result.options.insert((key: "samples", value: "2"), at: 0)
    return result
  }
}

/// Makes estimators for distributions of one kind from what their names say.
package protocol EstimatorMaker<Distribution> {
  associatedtype Distribution: EnumerableDistribution & DistinctSampling
  where Distribution.Point: FeaturedPoint

  /// Number of joint states, `nil` if it exceeds what an integer holds.
  var states: Int? { get }
  /// Joint states up to which they can be listed.
  var mostStates: Int { get }
  /// The mean of what the variables are conditioned on, [inputs], where there is such a thing.
  var centre: Tensor? { get }
  /// What the distribution is of, for messages.
  var kind: String { get }
  /// The names of the estimators that can be made by default.
  var fitting: [String] { get }

  /// The estimator a specification describes.
  func make(
    _ specification: Specification, using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any GradientEstimator<Distribution>
}

extension EstimatorMaker {
  func misfit(_ specification: Specification) -> SettingError {
    SettingError(
      "\(specification.text) does not fit \(kind); those that do are \(fitting.joined(separator: ", "))"
    )
  }

  /// The estimator of a multi-sample bound that a specification describes.
  package func makeBound(
    _ specification: Specification
  ) throws(SettingError) -> VIMCO<Distribution> {
    _ = try EstimatorName.parse(specification)
    let samples = try specification.integer("samples", in: 2...1000, default: 2)
    let text = specification.option("mean") ?? "geometric"
    guard let mean = VIMCO<Distribution>.Mean(rawValue: text) else {
      throw SettingError(unknown("mean", text, among: ["geometric", "arithmetic"]))
    }
    return VIMCO(samples: samples, mean: mean)
  }

  /// Constant, or with a rate exponential: Jang, Gu and Poole's annealing.
  func schedule(
    _ specification: Specification, from initial: Double
  ) throws(SettingError) -> TemperatureSchedule {
    guard specification.option("rate") != nil else {
      for key in ["floor", "every"] where specification.option(key) != nil {
        throw SettingError("\(specification.name): \(key) is set, which only a rate uses")
      }
      return .constant(initial)
    }
    return .exponential(
      initial: initial, rate: try specification.number("rate", in: 0..<1, default: 1e-5),
      floor: try specification.number("floor", in: 1e-6..<1e6, default: min(initial, 0.5)),
      every: try specification.integer("every", in: 1...Int.max, default: 1000))
  }

  /// The top states summed around REINFORCE with a baseline that needs no context.
  func makeSumAndSample(
    top: Int, _ specification: Specification
  ) throws(SettingError) -> any GradientEstimator<Distribution> {
    let baseline = specification.option("baseline") ?? "none"
    let samples = try specification.sampleCount()
    func around<B: Baseline>(_ baseline: B) -> any GradientEstimator<Distribution> {
      RaoBlackwell<Distribution, _>(top: top, Reinforce(samples: samples, baseline: baseline))
    }
    switch baseline {
    case "none": return around(NoBaseline())
    case "constant": return around(ConstantBaseline())
    case "moving-average": return around(MovingAverageBaseline())
    case "leave-one-out": return around(LeaveOneOutBaseline())
    default:
      throw SettingError(
        unknown(
          "baseline", baseline, among: ["none", "constant", "moving-average", "leave-one-out"]))
    }
  }

  func makeReinforce(
    _ specification: Specification, using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any GradientEstimator<Distribution> {
    let baseline = specification.option("baseline") ?? "none"
    let samples = try specification.sampleCount()
    switch baseline {
    case "none":
      return Reinforce<Distribution, NoBaseline>(samples: samples, baseline: .none)
    case "constant":
      return Reinforce<Distribution, ConstantBaseline>(samples: samples, baseline: .constant())
    case "moving-average":
      return Reinforce<Distribution, MovingAverageBaseline>(
        samples: samples, baseline: .movingAverage())
    case "network":
      guard let centre else {
        throw SettingError(
          "reinforce: a network needs an input to look at, which this problem has not; constant, moving-average and leave-one-out fit"
        )
      }
      let network = NetworkBaseline(centre: centre, using: &generator)
      return Reinforce<Distribution, NetworkBaseline>(samples: samples, baseline: network)
    case "leave-one-out":
      return Reinforce<Distribution, LeaveOneOutBaseline>(samples: samples, baseline: .leaveOneOut)
    default:
      throw SettingError(unknown("baseline", baseline, among: EstimatorName.baselines))
    }
  }

  func checkStates(_ count: Int, for specification: Specification) throws(SettingError) {
    guard let states, states < count else { return }
    throw SettingError(
      "\(specification.text) needs \(count) distinct states, the variables have \(states)")
  }
}
