import Tensors

/// The figures that a ``GradientStudy`` measured of one estimator, whatever the distribution.
public struct GradientMeasurement: Sendable, Codable {
  /// The mean gradient, and its standard error, in the order of the parameters.
  public let mean: [Double]
  public let standardError: [Double]
  /// The variance of one estimate, summed over coordinates, and half the width of its 95 %
  /// interval, infinite of fewer than four draws.
  public let variance: Double
  public let varianceInterval: Double
  /// Cost evaluations of one estimate, as counted.
  public let evaluations: Double
  /// Time of one estimate among many.
  public let microseconds: Double
  public let draws: Int

  /// What all parts of a ``GradientTrial`` give, in their order.
  public init(_ samples: [GradientSample]) {
    require(!samples.isEmpty, "a measurement of no estimates")
    let all = samples.dropFirst().reduce(into: samples[0].moments) { $0.add($1.moments) }
    let variances = samples.map { $0.moments.variance.reduce(0, +) }
    mean = all.mean
    standardError = all.standardError
    variance = all.variance.reduce(0, +)
    varianceInterval = samples.count > 1 ? MeanInterval(variances).half : .infinity
    evaluations =
      Double(samples.map(\.evaluations).reduce(0, +)) / Double(samples.map(\.calls).reduce(0, +))
    microseconds = samples.map(\.microseconds).reduce(0, +) / Double(all.count)
    draws = all.count
  }

  package init(
    mean: [Double], standardError: [Double], variance: Double, varianceInterval: Double,
    evaluations: Double, microseconds: Double, draws: Int
  ) {
    (self.mean, self.standardError) = (mean, standardError)
    (self.variance, self.varianceInterval) = (variance, varianceInterval)
    (self.evaluations, self.microseconds, self.draws) = (evaluations, microseconds, draws)
  }

  /// The largest difference from `exact` in standard errors.
  ///
  /// `nil` where a coordinate is off and its estimates vary by no more than their rounding: their
  /// standard error says nothing then, since whatever carries the difference was not drawn.
  public func z(against exact: [Double]) -> Double? {
    var largest = 0.0
    for (place, exact) in exact.enumerated() {
      let difference = abs(mean[place] - exact)
      if difference <= 1e-6 * (1 + abs(exact)) { continue }
      let deviation = standardError[place] * Double(draws).squareRoot()
      let rounding = 4 * Double(Scalar.ulpOfOne) * max(abs(mean[place]), abs(exact))
      guard deviation > rounding else { return nil }
      largest = max(largest, difference / standardError[place])
    }
    return largest
  }
}
