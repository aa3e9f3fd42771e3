import Learning
public import Tensors

/// Bias, variance and cost of estimators on one problem, by repeated draws.
///
/// Many estimates are made at once, one for each batch entry of equal parameters. Statistics accumulate in double precision, whatever the
/// tensors are.
public struct GradientStudy<Distribution: DiscreteDistribution> {
  /// What the gradient is taken with respect to, for one estimate.
  public let parameters: Tensor
  /// The distribution of parameters [rows] + those of one estimate.
  public let distribution: (Tensor) -> Distribution
  /// The costs [samples, rows] of points, or of each entry of a batch, [samples, rows] + batch.
  public let cost: (Distribution.Point) -> Tensor
  /// Estimates made in one call.
  public let rows: Int

  public init(
    parameters: Tensor, distribution: @escaping (Tensor) -> Distribution,
    cost: @escaping (Distribution.Point) -> Tensor, rows: Int = 250
  ) {
    require(rows > 0, "\(rows) estimates in one call")
    self.rows = rows
    self.parameters = parameters
    self.distribution = distribution
    self.cost = cost
  }

  /// What was measured of one estimator.
  public struct Measurement: Sendable {
    /// The mean gradient, and its standard error, in the order of the parameters.
    public let mean: [Double]
    public let standardError: [Double]
    /// The variance of one estimate, summed over coordinates, and half the width of its 95 % interval.
    public let variance: Double
    public let varianceInterval: Double
    /// Cost evaluations of one estimate, as counted.
    public let evaluations: Double
    /// Time of one estimate among many.
    public let microseconds: Double
    public let draws: Int

    /// The largest difference from `exact` in standard errors.
    public func z(against exact: [Double]) -> Double {
      zip(zip(mean, standardError), exact).map { pair, exact in
        let difference = abs(pair.0 - exact)
        return difference <= 1e-6 * (1 + abs(exact)) ? 0 : difference / max(pair.1, 1e-300)
      }.max() ?? 0
    }
  }

  /// Parts of the draws from which the interval of the variance comes.
  private static var parts: Int { 20 }

  /// Trains what the estimator learns on `pilot` calls, freezes it, and draws estimates.
  ///
  /// - Parameters:
  ///   - draws: rounded up to a multiple of twenty calls.
  ///   - seed: the same for all estimators that are to see common random numbers.
  public func measure(
    _ estimator: some GradientEstimator<Distribution>, draws: Int, pilot: Int, seed: UInt64
  ) -> Measurement {
    measure(learning: estimator, pilot: pilot, draws: draws, seed: seed) {
      estimator, rows, generator, cost in
      estimator.expectation(
        over: rows, using: &generator,
        of: { (point: Distribution.Point, _: inout Philox) -> Tensor in cost(point) })
    }
  }

  /// The same for whatever calls the cost, such as an estimator of a bound.
  public func measure<Estimator: Parameterized & Sendable>(
    learning estimator: Estimator, pilot: Int, draws: Int, seed: UInt64,
    _ call: (inout Estimator, Distribution, inout Philox, (Distribution.Point) -> Tensor) -> Tensor
  ) -> Measurement {
    let parameters = Tensor.zeros([rows] + self.parameters.shape) + self.parameters
    var generator = Philox(seed: seed).folding(1)
    var learner = Trainer(estimator, optimizer: Adam(), learningRate: 0.01)
    if estimator.trainedScalarCount + estimator.namedParameters().count > 0 {
      for _ in 0..<pilot {
        let step = try? learner.descend { estimator in
          call(&estimator, distribution(parameters), &generator, cost).mean()
        }
        if step == nil { break }
      }
    }
    generator = Philox(seed: seed).folding(2)
    let calls = max(1, (draws + rows * GradientStudy.parts - 1) / (rows * GradientStudy.parts))
    var all = Moments(coordinates: parameters.count / rows)
    var variances: [Double] = []
    var evaluations = 0
    let clock = ContinuousClock()
    var time = Duration.zero
    for _ in 0..<GradientStudy.parts {
      var part = Moments(coordinates: parameters.count / rows)
      for _ in 0..<calls {
        var copy = learner.model
        var slopes: Tensor = 0
        time += clock.measure {
          slopes = gradient(at: parameters) { variable in
            call(&copy, distribution(variable), &generator) { point in
              let costs = cost(point)
              evaluations += costs.shape[0]
              return costs
            }
          }
        }
        let values = slopes.scalars
        let width = values.count / rows
        for row in 0..<rows {
          let slope = values[row * width..<(row + 1) * width].map { Double($0) }
          part.add(slope)
          all.add(slope)
        }
      }
      variances.append(part.variance.reduce(0, +))
    }
    let count = GradientStudy.parts * calls
    let mean = variances.reduce(0, +) / Double(variances.count)
    let spread = variances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (spread / Double(variances.count - 1) / Double(variances.count)).squareRoot()
    return Measurement(
      mean: all.mean, standardError: all.standardError, variance: all.variance.reduce(0, +),
      varianceInterval: 2.093 * deviation,
      evaluations: Double(evaluations) / Double(count),
      microseconds: time / .microseconds(count * rows), draws: count * rows)
  }
}
