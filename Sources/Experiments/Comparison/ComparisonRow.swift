public import Formats
public import Stochastics

/// One line of a comparison.
public struct ComparisonRow: Sendable, Codable {
  /// As it was asked for.
  public let estimator: String
  /// With the number of samples that it has by its baseline.
  public let label: String
  public let bias: Bias
  /// The estimated quantity: the expectation of the cost, or a multi-sample bound.
  public let objective: String
  /// By enumeration, `nil` where there are too many states.
  public let exact: [Double]?
  public let measurement: GradientMeasurement
  /// Whether mean and variance are exact, by listing all draws.
  public let isListed: Bool

  init(
    estimator: String, label: String, bias: Bias, objective: String, exact: [Double]?,
    measurement: GradientMeasurement, isListed: Bool = false
  ) {
    (self.estimator, self.label, self.bias) = (estimator, label, bias)
    (self.objective, self.exact) = (objective, exact)
    (self.measurement, self.isListed) = (measurement, isListed)
  }

  /// The cosine of the angle between the mean and the exact gradient.
  var cosine: Double? {
    guard let exact else { return nil }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let mean = measurement.mean
    let squares = dot(mean, mean) * dot(exact, exact)
    return squares > 0 ? dot(mean, exact) / squares.squareRoot() : nil
  }

  /// Whether a mean that is known exactly is that of the gradient, up to rounding.
  private var isExactMean: Bool {
    zip(measurement.mean, exact ?? []).allSatisfy { abs($0 - $1) <= 1e-4 * (1 + abs($1)) }
  }

  /// The row of the same estimator by another measurement.
  func with(_ measurement: GradientMeasurement) -> ComparisonRow {
    ComparisonRow(
      estimator: estimator, label: label, bias: bias, objective: objective, exact: exact,
      measurement: measurement)
  }

  /// `nil` where there is nothing to compare with, or no standard error to compare by.
  public var z: Double? { exact.flatMap { measurement.z(against: $0) } }

  /// The largest z of an estimator that may be called unbiased.
  public static let largestZ = 6.0

  /// A warning that belongs to the numbers.
  public var remark: String? {
    guard exact != nil else { return nil }
    if isListed {
      return bias == .unbiased && !isExactMean ? "its mean is not the exact gradient" : nil
    }
    guard let z else {
      guard measurement.mean.allSatisfy(\.isFinite) else { return "its mean is not finite" }
      guard bias == .unbiased else { return nil }
      return
        "off the exact gradient without a standard error: rare events were not seen in \(measurement.draws) estimates"
    }
    guard bias == .unbiased, z > ComparisonRow.largestZ else { return nil }
    return
      "off the exact gradient by more than \(Int(ComparisonRow.largestZ)) standard errors: rare events are too few in \(measurement.draws) estimates"
  }

  /// Whether its variance is one to choose by: an unbiased estimator of the expectation that agrees
  /// with the exact gradient where there is one, and varies where there is none.
  public var isCandidate: Bool {
    guard bias == .unbiased, objective == "expectation", estimator != "exact" else { return false }
    if isListed { return remark == nil }
    return exact == nil ? measurement.variance > 0 : z != nil && remark == nil
  }

  /// Variance times evaluations of the cost: what one evaluation's worth of noise is.
  public var work: Double { measurement.variance * measurement.evaluations }

  public var json: JSON {
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
      "is_listed": .bool(isListed),
    ]
  }
}
