package import Runs
package import Stochastics
package import Tensors

/// Distributions that every estimator of the command can be made for.
package typealias IndependentVariables =
  EnumerableDistribution & VectorDistribution & CoupledDistribution & DistinctSampling

/// From names to estimators: the one place that lists them.
package enum EstimatorName: String, CaseIterable {
  case exact
  case reinforce
  case controlVariate = "control-variate"
  case nvil
  case vimco
  case arm
  case disarm
  case arsm
  case carms
  case bitflip
  case ugc
  case unorderedSet = "unordered-set"
  case sumAndSample = "sum-and-sample"
  case muprop
  case rebar
  case relax
  case doubleCV = "double-cv"
  case gumbelSoftmax = "gumbel-softmax"
  case straightThrough = "straight-through"
  case stGumbelSoftmax = "st-gumbel-softmax"
  case gumbelRao = "gumbel-rao"
  case reinmax
  case plRank = "pl-rank"
  case neuralSort = "neural-sort"
  case softSort = "soft-sort"
  case gumbelSinkhorn = "gumbel-sinkhorn"
  /// The choice of `AutoEstimator`; no estimator of its own.
  case auto

  /// What `baseline` takes.
  static let baselines = ["none", "constant", "moving-average", "network", "leave-one-out"]

  /// What help says of them.
  package static let baselineHelp =
    "Baselines are \(baselines.joined(separator: ", ")), which takes two samples or more, two by default."

  /// Those that train a model: they call its bound at hard samples, and need nothing that only a problem of `compare` has.
  package static var trainable: [EstimatorName] {
    allCases.filter { $0.isBlackBox && $0 != .controlVariate && $0 != .vimco }
  }

  /// The name in a specification, whose options are checked to be among those of that name.
  package static func parse(_ specification: Specification) throws(SettingError) -> EstimatorName {
    guard let name = EstimatorName(rawValue: specification.name) else {
      throw SettingError(
        unknown("estimator", specification.name, among: allCases.map(\.rawValue)))
    }
    try specification.allow(name.options.map(\.key))
    return name
  }

  /// The keys of its options with their defaults, in the order of the help.
  package var options: KeyValuePairs<String, String> {
    switch self {
    case .exact, .arsm, .bitflip, .auto: [:]
    case .reinforce: ["samples": "1", "baseline": "none"]
    case .controlVariate: ["samples": "1", "coefficient": "fitted"]
    case .nvil: ["samples": "1", "decay": "0.8", "units": "100", "normalize": "true"]
    case .vimco: ["samples": "2", "mean": "geometric"]
    case .arm: ["pairs": "1"]
    case .disarm: ["pairs": "1", "tree": "balanced"]
    case .carms: ["samples": "4"]
    case .unorderedSet: ["samples": "2"]
    case .muprop, .straightThrough, .reinmax, .plRank: ["samples": "1"]
    case .ugc: ["threshold": "1/(2n)"]
    case .sumAndSample: ["top": "1", "samples": "1", "baseline": "none"]
    case .rebar: ["temperature": "0.5", "scale": "1", "samples": "1"]
    case .relax: ["units": "10", "temperature": "0.5", "samples": "1"]
    case .doubleCV: ["samples": "2", "coefficient": "-0.75"]
    case .neuralSort, .gumbelSinkhorn:
      [
        "temperature": "0.5", "floor": "0.5", "rate": "0", "every": "1000", "hard": "no",
        "samples": "1",
      ]
    case .softSort:
      [
        "power": "1", "temperature": "0.5", "floor": "0.5", "rate": "0", "every": "1000",
        "hard": "no", "samples": "1",
      ]
    case .gumbelSoftmax, .stGumbelSoftmax:
      ["temperature": "0.5", "floor": "0.5", "rate": "0", "every": "1000", "samples": "1"]
    case .gumbelRao: ["temperature": "0.5", "inner": "10", "samples": "1"]
    }
  }

  /// Whether it is for orders alone.
  package var isOfOrders: Bool {
    [.plRank, .neuralSort, .softSort, .gumbelSinkhorn].contains(self)
  }

  /// Whether it calls the cost at hard samples only.
  package var isBlackBox: Bool {
    switch self {
    case .muprop, .rebar, .doubleCV, .gumbelSoftmax, .straightThrough, .stGumbelSoftmax,
      .gumbelRao, .reinmax, .plRank, .neuralSort, .softSort, .gumbelSinkhorn:
      false
    default: true
    }
  }
}

/// What an estimator may need to be made for a distribution.
package struct EstimatorContext<Distribution: IndependentVariables>: EstimatorMaker {
  /// The shape of one event.
  package let event: [Int]
  /// The mean of what the variables are conditioned on, [inputs], where there is such a thing.
  package var centre: Tensor?
  /// Number of joint states of the variables, `nil` if it exceeds what an integer holds.
  package let states: Int?
  /// The gradient of the cost at the mean, where it is known: control-variate expands the cost there.
  package var slope: Tensor?

  /// Joint states up to which they can be listed.
  package var mostStates = 1 << 16

  package init(
    event: [Int], centre: Tensor? = nil, states: Int?, slope: Tensor? = nil,
    mostStates: Int = 1 << 16
  ) {
    self.event = event
    self.centre = centre
    self.states = states
    self.slope = slope
    self.mostStates = mostStates
  }

  /// The estimator a specification describes.
  package func make(
    _ specification: Specification, using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any GradientEstimator<Distribution> {
    let name = try EstimatorName.parse(specification)
    let samples = 1...100_000
    func integer(_ key: String, _ range: ClosedRange<Int>, _ value: Int) throws(SettingError) -> Int
    {
      try specification.integer(key, in: range, default: value)
    }
    func number(_ key: String, _ range: Range<Double>, _ value: Double) throws(SettingError)
      -> Double
    {
      try specification.number(key, in: range, default: value)
    }
    func temperature() throws(SettingError) -> Double {
      try number("temperature", 1e-6..<1e6, 0.5)
    }
    switch name {
    case .exact:
      guard let states, states <= mostStates else {
        throw SettingError(
          "exact lists every joint state and fits up to \(mostStates) of them, not \(states.map { "\($0)" } ?? "more than an integer holds"); reinforce, nvil and disarm fit any number"
        )
      }
      return Exact<Distribution>()
    case .reinforce:
      return try makeReinforce(specification, using: &generator)
    case .controlVariate:
      guard let slope else {
        throw SettingError(
          "control-variate expands a cost at the mean and fits compare's problems only; reinforce:baseline=leave-one-out and nvil fit"
        )
      }
      let h = KnownExpectation<Distribution>(
        value: { Distribution.dot(slope, Distribution.point($0)) },
        expectation: { Distribution.dot(slope, $0.meanPoint) })
      let fixed = try specification.option("coefficient").map { _ throws(SettingError) in
        Scalar(try number("coefficient", -1e6..<1e6, 0))
      }
      return ControlVariate(
        h, coefficient: fixed.map { .fixed($0) } ?? .fitted(decay: 0.99),
        samples: try integer("samples", samples, 1))
    case .nvil:
      let units = try integer("units", 0...100_000, 100)
      let network = centre.flatMap {
        units == 0 ? nil : NetworkBaseline(centre: $0, units: units, using: &generator)
      }
      return NVIL<Distribution>(
        network: network, samples: try integer("samples", samples, 1),
        decay: try specification.scalar("decay", in: 1e-6..<1, default: 0.8),
        normalizesVariance: try specification.flag("normalize", default: centre != nil))
    case .vimco:
      throw SettingError(
        "vimco estimates a multi-sample bound, which train vae and compare take in place of the expectation"
      )
    case .auto:
      throw SettingError(
        "auto stands for one estimator of all layers, which train chooses; compare --estimators all shows what it would choose from"
      )
    case .arm:
      return try fitted(ARM(pairs: try integer("pairs", samples, 1)), specification)
    case .disarm:
      let pairs = try integer("pairs", samples, 1)
      if Distribution.self == Bernoulli.self, specification.option("tree") == nil {
        return try fitted(DisARM(pairs: pairs), specification)
      }
      let text = specification.option("tree") ?? CategoricalDisARM.Tree.balanced.rawValue
      guard let tree = CategoricalDisARM.Tree(rawValue: text) else {
        throw SettingError(
          unknown("tree", text, among: CategoricalDisARM.Tree.allCases.map(\.rawValue)))
      }
      return try fitted(CategoricalDisARM(tree: tree, pairs: pairs), specification)
    case .arsm: return try fitted(ARSM(), specification)
    case .carms:
      let count = try integer("samples", 2...100_000, Distribution.self == Bernoulli.self ? 4 : 2)
      if Distribution.self == Bernoulli.self {
        return try fitted(ARMS(samples: count), specification)
      }
      guard count.isMultiple(of: 2) else {
        throw SettingError(
          "carms: samples is '\(count)', not an even number: classes are coupled in pairs")
      }
      return try fitted(CARMS(pairs: count / 2), specification)
    case .bitflip: return try fitted(BitFlip(), specification)
    case .ugc:
      let threshold = try specification.option("threshold").map { _ throws(SettingError) in
        Scalar(try number("threshold", 0..<0.5, 0))
      }
      return try fitted(UGC(threshold: threshold), specification)
    case .unorderedSet:
      let count = try integer("samples", 1...10, 2)
      try checkStates(count, for: specification)
      return UnorderedSet<Distribution>(samples: count)
    case .sumAndSample:
      let top = try integer("top", 1...1000, 1)
      try checkStates(top + 1, for: specification)
      return try makeSumAndSample(top: top, specification)
    case .muprop: return MuProp<Distribution>(samples: try integer("samples", samples, 1))
    case .rebar:
      return REBAR<Distribution>(
        temperature: Scalar(try temperature()), scale: Scalar(try number("scale", -1e6..<1e6, 1)),
        samples: try integer("samples", samples, 1))
    case .relax:
      let critic = Critic(
        inputs: event.reduce(1, *), units: try integer("units", 1...100_000, 10),
        temperature: Scalar(try temperature()), using: &generator)
      return RELAX<Distribution>(critic: critic, samples: try integer("samples", samples, 1))
    case .doubleCV:
      return DoubleControlVariate<Distribution>(
        samples: try integer("samples", 2...100_000, 2),
        coefficient: Scalar(try number("coefficient", -1e6..<1e6, -0.75)))
    case .gumbelSoftmax, .stGumbelSoftmax:
      return GumbelSoftmax<Distribution>(
        temperature: try schedule(specification, from: try temperature()),
        isHard: name == .stGumbelSoftmax, samples: try integer("samples", samples, 1))
    case .straightThrough:
      return StraightThrough<Distribution>(samples: try integer("samples", samples, 1))
    case .gumbelRao:
      return GumbelRao<Distribution>(
        temperature: try temperature(), inner: try integer("inner", 1...10_000, 10),
        samples: try integer("samples", samples, 1))
    case .reinmax: return ReinMax<Distribution>(samples: try integer("samples", samples, 1))
    case .plRank, .neuralSort, .softSort, .gumbelSinkhorn: throw misfit(specification)
    }
  }

  /// The estimator, unless it is for other variables than these.
  private func fitted(
    _ estimator: Any, _ specification: Specification
  ) throws(SettingError) -> any GradientEstimator<Distribution> {
    if let fitted = estimator as? any GradientEstimator<Distribution> { return fitted }
    throw misfit(specification)
  }

  package var kind: String {
    Distribution.self == Bernoulli.self ? "bernoulli variables" : "categorical variables"
  }

  /// The names of the estimators that can be made by default.
  package var fitting: [String] {
    EstimatorName.allCases.map(\.rawValue).filter { name in
      // Some of these ask `fitting` themselves when they do not fit, so only kinds are compared here.
      switch EstimatorName(rawValue: name) {
      case .arm?, .bitflip?, .ugc?: Distribution.self == Bernoulli.self
      case .arsm?: Distribution.self == Categorical.self
      case .vimco?, .auto?: false
      case .exact?: states.map { $0 <= mostStates } ?? false
      case .controlVariate?: slope != nil
      case let other?: !other.isOfOrders
      case nil: false
      }
    }
  }

  /// An estimator for a cost that is a black box.
  package func makeBlackBox(
    _ specification: Specification, using generator: inout some RandomNumberGenerator
  ) throws(SettingError) -> any BlackBoxGradientEstimator<Distribution> {
    let made = try make(specification, using: &generator)
    if let fitted = made as? any BlackBoxGradientEstimator<Distribution> { return fitted }
    let names = fitting.filter { name in EstimatorName(rawValue: name)?.isBlackBox ?? false }
    throw SettingError(
      "\(specification.name) differentiates the cost, which is called at hard samples only here; those that fit are \(names.joined(separator: ", "))"
    )
  }
}
