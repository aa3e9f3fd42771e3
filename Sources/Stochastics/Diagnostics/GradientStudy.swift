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

  /// Trains what the estimator learns on `pilot` calls, freezes it, and draws estimates.
  ///
  /// - Parameters:
  ///   - draws: estimates, two or more.
  ///   - seed: the same for all estimators that are to see common random numbers.
  public func measure(
    _ estimator: some GradientEstimator<Distribution>, draws: Int, pilot: Int, seed: UInt64
  ) -> GradientMeasurement {
    trial(of: estimator, draws: draws, pilot: pilot, seed: seed).measurement()
  }

  /// The same, in parts that do not need each other.
  public func trial(
    of estimator: some GradientEstimator<Distribution>, draws: Int, pilot: Int, seed: UInt64
  ) -> GradientTrial {
    trial(learning: estimator, pilot: pilot, draws: draws, seed: seed) {
      estimator, rows, generator, cost in
      estimator.expectation(
        over: rows, using: &generator,
        of: { (point: Distribution.Point, _: inout Philox) -> Tensor in cost(point) })
    }
  }

  /// The same for whatever calls the cost, such as an estimator of a bound.
  public func trial<Estimator: Parameterized & Sendable>(
    learning estimator: Estimator, pilot: Int, draws: Int, seed: UInt64,
    _ call:
      @escaping (inout Estimator, Distribution, inout Philox, (Distribution.Point) -> Tensor)
      -> Tensor
  ) -> GradientTrial {
    var generator = Philox(seed: seed, stream: .studyPilot)
    var learner = Trainer(estimator, optimizer: Adam(), learningRate: 0.01)
    if estimator.trainedScalarCount + estimator.namedParameters().count > 0 {
      let parameters = repeated(rows)
      for _ in 0..<pilot {
        let step = try? learner.descend { estimator in
          call(&estimator, distribution(parameters), &generator, cost).mean()
        }
        if step == nil { break }
      }
    }
    let frozen = learner.model
    return GradientTrial(draws: draws) { part, size in
      var generator = Philox(seed: seed, stream: .studyDraws).folding(UInt64(part))
      return sample(frozen, size, using: &generator, call)
    }
  }

  /// So many estimates of a frozen estimator.
  private func sample<Estimator>(
    _ frozen: Estimator, _ size: Int, using generator: inout Philox,
    _ call: (inout Estimator, Distribution, inout Philox, (Distribution.Point) -> Tensor) -> Tensor
  ) -> GradientSample {
    let coordinates = parameters.count
    var result = GradientSample(coordinates: coordinates)
    let clock = ContinuousClock()
    while result.moments.count < size {
      let rows = min(self.rows, size - result.moments.count)
      let parameters = repeated(rows)
      var copy = frozen
      var slopes: Tensor = 0
      result.calls += 1
      let time = clock.measure {
        slopes = gradient(at: parameters) { variable in
          call(&copy, distribution(variable), &generator) { point in
            let costs = cost(point)
            result.evaluations += costs.shape[0]
            return costs
          }
        }
      }
      result.microseconds += time / .microseconds(1)
      let values = slopes.scalars
      for row in 0..<rows {
        result.moments.add(values[row * coordinates..<(row + 1) * coordinates].map { Double($0) })
      }
    }
    return result
  }

  /// The parameters of so many estimates.
  private func repeated(_ rows: Int) -> Tensor {
    Tensor.zeros([rows] + parameters.shape) + parameters
  }
}
