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

  /// `nil` where there is nothing to compare with, or no standard error to compare by.
  public var z: Double? { exact.flatMap { measurement.z(against: $0) } }

  /// The largest z of an estimator that may be called unbiased.
  public static let largestZ = 6.0

  /// A warning that belongs to the numbers.
  public var remark: String? {
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
  public var isCandidate: Bool {
    guard bias == .unbiased, objective == "expectation", estimator != "exact" else { return false }
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
    ]
  }
}
