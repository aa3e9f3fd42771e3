import Formats
public import Runs
public import Stochastics
public import Tensors

/// Measures estimators with names on one problem, whatever its distribution.
public protocol EstimatorComparison {
  /// How all of them are measured.
  var plan: ComparisonPlan { get }

  /// Specifications of all estimators of such a law, with what each shows beside its defaults.
  var all: [String] { get }

  /// One estimator, ready to be measured; throws where it does not fit.
  ///
  /// - Parameter index: its place among those compared, by which its random numbers differ from the
  ///   others'.
  func trial(_ text: String, index: Int) throws(SettingError) -> ComparisonTrial
}

/// Estimators with names on a distribution and a cost: bias, variance and cost calls.
///
/// Gradients are in the parameters, variances summed over them.
public struct Comparison<Distribution: SampledDistribution>: EstimatorComparison {
  public let plan: ComparisonPlan
  let study: GradientStudy<Distribution>
  let context: EstimatorContext<Distribution>
  private let mostSummedStates: Int
  /// The shape of the features of one sample of one estimate.
  private let features: [Int]

  /// - Parameters:
  ///   - parameters: what gradients are taken with respect to, for one estimate.
  ///   - metric: what a cost of orders is made of, where it is known.
  ///   - rows: estimates made at once.
  ///   - mostStates: joint states up to which all are listed for every estimate.
  ///   - law: the distribution of parameters `[rows]` + those of one estimate.
  ///   - cost: costs `[samples, rows]` of points.
  public init(
    parameters: Tensor, plan: ComparisonPlan = ComparisonPlan(), metric: RankingMetric? = nil,
    rows: Int = 250, mostStates: Int = 1 << 16, law: @escaping (Tensor) -> Distribution,
    cost: @escaping (Distribution.Point) -> Tensor
  ) where Distribution.Point: FeaturedPoint {
    self.init(
      parameters: parameters, plan: plan, metric: metric, rows: rows, mostStates: mostStates,
      mostSummedStates: mostStates, law: law, cost: cost)
  }

  /// A comparison on a named problem.
  init(
    _ problem: ComparisonProblem, _ plan: ComparisonPlan,
    make: @escaping (Tensor) -> Distribution
  ) where Distribution.Point: FeaturedPoint {
    let event = problem.law.features(problem.event, problem.extent)
    let m = event.reduce(1, *)
    self.init(
      parameters: problem.parameters, plan: plan, metric: problem.metric, rows: problem.rows,
      mostStates: problem.batch.isEmpty ? problem.law.mostStates : 1 << 8,
      mostSummedStates: problem.batch.isEmpty ? problem.law.mostSummedStates : 1 << 8,
      law: { make($0.broadcast(to: [$0.shape[0]] + problem.batch + problem.event)) },
      cost: { point in
        let features = point.features
        return problem.cost(features.reshaped(features.shape.dropLast(event.count) + [m]))
      })
  }

  private init(
    parameters: Tensor, plan: ComparisonPlan, metric: RankingMetric?, rows: Int, mostStates: Int,
    mostSummedStates: Int, law: @escaping (Tensor) -> Distribution,
    cost: @escaping (Distribution.Point) -> Tensor
  ) where Distribution.Point: FeaturedPoint {
    self.plan = plan
    self.mostSummedStates = mostSummedStates
    let q = law(parameters.expandingDimensions(at: 0))
    var generator = Philox(seed: plan.seed, stream: .comparison)
    let shape = Distribution.point(q.sample(1, using: &generator)).features.shape
    features = Array(shape.dropFirst(2))
    study = GradientStudy(parameters: parameters, distribution: law, cost: cost, rows: rows)
    context = EstimatorContext(
      event: Array(shape.dropFirst(1 + q.batch.count)),
      states: (q as? any EnumerableDistribution)?.stateCount,
      slope: Comparison.slope(of: cost, under: q), metric: metric, mostStates: mostStates,
      rowAxes: 1)
  }

  /// The gradient of the cost at the mean, where there is one.
  private static func slope(
    of cost: (Distribution.Point) -> Tensor, under q: Distribution
  ) -> Tensor? {
    guard let mean = (q as? any MomentDistribution)?.meanPoint.detached() else { return nil }
    return gradient(at: mean.expandingDimensions(at: 0)) { point in
      guard let point = point as? Distribution.Point else {
        fatalError("the points of \(Distribution.self) are not tensors")
      }
      return cost(point)
    }.sliced(along: 0, at: 0).sliced(along: 0, at: 0)
  }

  public var all: [String] {
    EstimatorCatalogue.all.filter { $0.isFor(site) }.flatMap { entry in
      [entry.name] + entry.variants.map { "\(entry.name):\($0)" }
    }
  }

  public func trial(_ text: String, index: Int) throws(SettingError) -> ComparisonTrial {
    let specification = try Specification(text)
    let seed =
      plan.hasCommonNumbers ? plan.seed : plan.seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
    let entry = try EstimatorCatalogue.entry(specification)
    if plan.isListed { return .listed(try listedRow(text, specification)) }
    if entry.isOfBound {
      return try boundTrial(specification, seed: seed)
    }
    var generator = Philox(seed: plan.seed, stream: .comparison)
    let estimator = try context.make(specification, using: &generator)
    try checkDraws(estimator, text)
    let (label, bias) = (entry.withImpliedSamples(specification).text, estimator.bias)
    let trial = study.trial(of: estimator, draws: plan.draws, pilot: plan.pilot, seed: seed)
    return .drawn(trial) {
      ComparisonRow(
        estimator: text, label: label, bias: bias, objective: "expectation", exact: exact(),
        measurement: $0)
    }
  }

  /// Refuses samples of all estimates made at once that take too much memory.
  private func checkDraws(
    _ estimator: some GradientEstimator<Distribution>, _ text: String
  ) throws(SettingError) {
    let calls = estimator.evaluations(over: single(study.parameters)) ?? 1
    if let excess = MemoryBudget.excess(
      "\(calls) samples of \(text) in each of \(study.rows) estimates at once",
      [[calls, study.rows] + features])
    {
      throw SettingError(excess)
    }
  }

  /// The law of one estimate.
  func single(_ parameters: Tensor) -> Distribution {
    study.distribution(parameters.expandingDimensions(at: 0))
  }

  /// The gradient by enumeration, `nil` where states are too many or cannot be listed.
  func exact() -> [Double]? {
    let summed = EstimatorContext<Distribution>(
      event: context.event, states: site.states, mostStates: mostSummedStates)
    var generator = Philox(seed: 0)
    guard let exact = try? summed.make(Specification("exact"), using: &generator) else {
      return nil
    }
    func gradient(_ exact: some GradientEstimator<Distribution>) -> Tensor {
      var exact = exact
      return Tensors.gradient(at: study.parameters) { parameters in
        exact.expectation(
          over: single(parameters), using: &generator,
          of: { (point: Distribution.Point, _: inout Philox) -> Tensor in study.cost(point) })
      }
    }
    return gradient(exact).scalars.map { Double($0) }
  }

  private func boundTrial(
    _ specification: Specification, seed: UInt64
  ) throws(SettingError) -> ComparisonTrial {
    func trial<Q: DiscreteDistribution>(_: Q.Type) throws(SettingError) -> ComparisonTrial? {
      try (self as? Comparison<Q>)?.boundTrial(of: specification, seed: seed)
    }
    guard let law = site.discrete, let trial = try trial(law) else {
      throw SettingError("\(specification.text) does not fit \(site.kind)")
    }
    return trial
  }
}

extension Comparison {
  var site: EstimatorSite { context.site }
}
