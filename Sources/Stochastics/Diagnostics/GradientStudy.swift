import Learning
public import Tensors

/// Bias, variance and cost of estimators on one problem, by repeated draws.
///
/// Many estimates are made at once, one for each batch entry of equal parameters. Statistics
/// accumulate in double precision, whatever the tensors are.
public struct GradientStudy<Distribution: SampledDistribution> {
  /// The parameters of one estimate, with respect to which the gradient is taken.
  public let parameters: Tensor
  /// The distribution of parameters [rows] + those of one estimate.
  public let distribution: (Tensor) -> Distribution
  /// The costs [samples, rows] of points, or of each entry of a batch, [samples, rows] + batch.
  public let cost: (Distribution.Point) -> Tensor
  /// Estimates made in one call.
  public let rows: Int

  /// Traps unless `rows`, the estimates of one call, is positive.
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

  /// The most parts of the draws, whose variances give the interval of the variance.
  private static var mostParts: Int { 20 }

  /// Trains what the estimator learns on `pilot` calls, freezes it, and draws estimates.
  ///
  /// - Parameters:
  ///   - draws: estimates, two or more.
  ///   - seed: the same for all estimators that are to see common random numbers.
  public func measure(
    _ estimator: some GradientEstimator<Distribution>, draws: Int, pilot: Int, seed: UInt64
  ) -> GradientMeasurement {
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
  ) -> GradientMeasurement {
    require(draws > 1, "a variance of \(draws) estimates")
    let coordinates = self.parameters.count
    func repeated(_ rows: Int) -> Tensor {
      Tensor.zeros([rows] + self.parameters.shape) + self.parameters
    }
    let parameters = repeated(rows)
    var generator = Philox(seed: seed, stream: .studyPilot)
    var learner = Trainer(estimator, optimizer: Adam(), learningRate: 0.01)
    if estimator.trainedScalarCount + estimator.namedParameters().count > 0 {
      for _ in 0..<pilot {
        let step = try? learner.descend { estimator in
          call(&estimator, distribution(parameters), &generator, cost).mean()
        }
        if step == nil { break }
      }
    }
    generator = Philox(seed: seed, stream: .studyDraws)
    let parts = min(GradientStudy.mostParts, draws / 2)
    var all = Moments(coordinates: coordinates)
    var variances: [Double] = []
    var (evaluations, calls) = (0, 0)
    let clock = ContinuousClock()
    var time = Duration.zero
    for place in 0..<parts {
      var part = Moments(coordinates: coordinates)
      let size = (place + 1) * draws / parts - place * draws / parts
      while part.count < size {
        let rows = min(self.rows, size - part.count)
        let parameters = rows == self.rows ? parameters : repeated(rows)
        calls += 1
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
        for row in 0..<rows {
          let slope = values[row * coordinates..<(row + 1) * coordinates].map { Double($0) }
          part.add(slope)
          all.add(slope)
        }
      }
      variances.append(part.variance.reduce(0, +))
    }
    return GradientMeasurement(
      mean: all.mean, standardError: all.standardError, variance: all.variance.reduce(0, +),
      varianceInterval: parts > 1 ? MeanInterval(variances).half : .infinity,
      evaluations: Double(evaluations) / Double(calls),
      microseconds: time / .microseconds(draws), draws: draws)
  }
}
