import Experiments
import Formats
import Runs
import Stochastics
import Tensors

/// One line of a comparison.
struct ComparisonRow {
  /// As it was asked for.
  let estimator: String
  /// With the number of samples that it has by its baseline.
  let label: String
  let bias: Bias
  /// What is estimated: the expectation of the cost, or a multi-sample bound.
  let objective: String
  /// By enumeration, `nil` where there are too many states.
  let exact: [Double]?
  let measurement: GradientStudyMeasurement

  /// `nil` where there is nothing to compare with, or no standard error to compare by.
  var z: Double? { exact.flatMap { measurement.z(against: $0) } }

  /// The largest z of an estimator that may be called unbiased.
  static let largestZ = 6.0

  /// What to know before the numbers are believed.
  var remark: String? {
    guard exact != nil else { return nil }
    guard let z else {
      guard measurement.mean.allSatisfy(\.isFinite) else { return "its mean is not finite" }
      return
        "off the exact gradient without a standard error: rare events were not seen in \(measurement.draws) estimates"
    }
    guard bias == .unbiased, z > ComparisonRow.largestZ else { return nil }
    return
      "off the exact gradient by more than \(Int(ComparisonRow.largestZ)) standard errors: rare events are too few in \(measurement.draws) estimates"
  }

  /// Whether its variance is one to choose by: an unbiased estimator of the expectation that agrees
  /// with the exact gradient where there is one, and varies where there is none.
  var isCandidate: Bool {
    guard bias == .unbiased, objective == "expectation", estimator != "exact" else { return false }
    return exact == nil ? measurement.variance > 0 : z != nil && remark == nil
  }

  /// Variance times evaluations of the cost: what one evaluation's worth of noise is.
  var work: Double { measurement.variance * measurement.evaluations }

  var json: JSON {
    func list(_ values: [Double]) -> JSON { .array(values.map { JSON($0) }) }
    return [
      "estimator": JSON(estimator), "bias": JSON(bias.rawValue), "objective": JSON(objective),
      "exact": exact.map(list) ?? .null, "mean": list(measurement.mean),
      "standard_error": list(measurement.standardError), "z": z.map { JSON($0) } ?? .null,
      "remark": remark.map { JSON($0) } ?? .null,
      "variance": JSON(measurement.variance),
      "variance_interval": JSON(measurement.varianceInterval),
      "evaluations": JSON(measurement.evaluations),
      "microseconds": JSON(measurement.microseconds), "draws": JSON(measurement.draws),
    ]
  }
}

/// What a study measures, whatever the distribution.
struct GradientStudyMeasurement {
  let mean: [Double]
  let standardError: [Double]
  let variance: Double
  let varianceInterval: Double
  let evaluations: Double
  let microseconds: Double
  let draws: Int
  let z: ([Double]) -> Double?

  init<D>(_ measurement: GradientStudy<D>.Measurement) {
    mean = measurement.mean
    standardError = measurement.standardError
    variance = measurement.variance
    varianceInterval = measurement.varianceInterval
    evaluations = measurement.evaluations
    microseconds = measurement.microseconds
    draws = measurement.draws
    z = measurement.z
  }

  func z(against exact: [Double]) -> Double? { z(exact) }
}

/// Measures estimators on a problem with variables of one kind.
struct Comparison<Maker: EstimatorMaker> {
  typealias Distribution = Maker.Distribution

  let problem: ComparisonProblem
  let draws: Int
  let pilot: Int
  let seed: UInt64
  /// Whether all estimators draw from the same stream.
  let hasCommonNumbers: Bool
  private let study: GradientStudy<Distribution>
  private let maker: Maker

  /// - Parameters:
  ///   - eventRank: the number of axes of a point's event.
  ///   - make: the distribution of logits.
  init(
    _ problem: ComparisonProblem, draws: Int, pilot: Int, seed: UInt64, hasCommonNumbers: Bool,
    maker: Maker, eventRank: Int, make: @escaping (Tensor) -> Distribution
  ) {
    self.problem = problem
    self.draws = draws
    self.pilot = pilot
    self.seed = seed
    self.hasCommonNumbers = hasCommonNumbers
    self.maker = maker
    study = GradientStudy(
      parameters: problem.parameters,
      distribution: { make($0.broadcast(to: [$0.shape[0]] + problem.batch + problem.event)) },
      cost: { problem.cost(ofPoints: $0.features, eventRank: eventRank) }, rows: problem.rows)
  }

  /// Names of the estimators that fit, and leave-one-out beside plain REINFORCE.
  var all: [String] {
    let names = maker.fitting.flatMap { name in
      name == EstimatorName.reinforce.rawValue
        ? [name, "reinforce:baseline=leave-one-out"] : [name]
    }
    let most = maker.mostStates
    let enumerates = maker.states.map { $0 <= most } ?? false
    return names + (enumerates ? [EstimatorName.vimco.rawValue] : [])
  }

  func row(_ text: String, index: Int) throws(SettingError) -> ComparisonRow {
    let specification = try Specification(text)
    let own = hasCommonNumbers ? seed : seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
    if try EstimatorName.parse(specification) == .vimco {
      return try vimcoRow(specification, seed: own)
    }
    var generator = Philox(seed: seed).folding(7)
    let estimator = try maker.make(specification, using: &generator)
    try checkDraws(estimator, text)
    return ComparisonRow(
      estimator: text, label: specification.withImpliedSamples.text, bias: estimator.bias,
      objective: "expectation", exact: exact(),
      measurement: measure(estimator, seed: own))
  }

  /// Refuses samples of all estimates made at once that take too much memory.
  private func checkDraws(
    _ estimator: some GradientEstimator<Distribution>, _ text: String
  ) throws(SettingError) {
    let q = study.distribution(problem.parameters.expandingDimensions(at: 0))
    let calls = estimator.evaluations(over: q) ?? 1
    if let excess = MemoryBudget.excess(
      "\(calls) samples of \(text) in each of \(problem.rows) estimates at once",
      [[calls, problem.rows] + problem.batch + problem.pointShape])
    {
      throw SettingError(excess)
    }
  }

  private func measure(
    _ estimator: some GradientEstimator<Distribution>, seed: UInt64
  ) -> GradientStudyMeasurement {
    .init(study.measure(estimator, draws: draws, pilot: pilot, seed: seed))
  }

  /// The gradient by enumeration.
  private func exact() -> [Double]? {
    guard let states = maker.states, states <= problem.mostSummedStates else {
      return nil
    }
    var (exact, generator) = (Exact<Distribution>(), Philox(seed: 0))
    return gradient(at: problem.parameters) { parameters in
      exact.expectation(
        over: study.distribution(parameters.expandingDimensions(at: 0)), using: &generator,
        of: { (point: Distribution.Point, _: inout Philox) -> Tensor in study.cost(point) })
    }.scalars.map { Double($0) }
  }

  /// The bound E[log mean exp(f - log q)] over two samples or more.
  private func vimcoRow(
    _ specification: Specification, seed: UInt64
  ) throws(SettingError) -> ComparisonRow {
    let estimator = try maker.makeBound(specification)
    let samples = estimator.samples
    let measurement = study.measure(
      learning: estimator, pilot: 0, draws: draws,
      seed: seed
    ) { estimator, q, generator, cost in
      estimator.bound(over: q, given: nil, using: &generator) { z, _ in
        cost(Distribution.point(z)) - q.logProbability(z)
      }
    }
    var exact: [Double]?
    if let states = maker.states, let tuples = power(states, samples), tuples <= 10_000 {
      var (oracle, generator) = (ExactBound<Distribution>(samples: samples), Philox(seed: 0))
      exact = gradient(at: problem.parameters) { parameters in
        let q = study.distribution(parameters.expandingDimensions(at: 0))
        return oracle.bound(over: q, given: nil, using: &generator) { z, _ in
          study.cost(Distribution.point(z)) - q.logProbability(z)
        }
      }.scalars.map { Double($0) }
    }
    return ComparisonRow(
      estimator: specification.text, label: specification.text, bias: .unbiased,
      objective: "bound", exact: exact,
      measurement: .init(measurement))
  }

  private func power(_ base: Int, _ exponent: Int) -> Int? {
    var result = 1
    for _ in 0..<exponent {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return nil }
      result = product
    }
    return result
  }
}
