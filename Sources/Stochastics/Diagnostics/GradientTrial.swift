import Tensors

/// An estimator of a ``GradientStudy``, trained and frozen, whose draws are cut into parts that do
/// not need each other.
///
/// Equal numbers of draws are cut alike, and each part has noise of its own: whoever draws the
/// parts, together they give the same measurement.
public struct GradientTrial {
  /// Estimates of all parts together, two or more.
  public let draws: Int
  private let sample: (_ part: Int, _ size: Int) -> GradientSample

  init(draws: Int, _ sample: @escaping (_ part: Int, _ size: Int) -> GradientSample) {
    require(draws > 1, "a variance of \(draws) estimates")
    self.draws = draws
    self.sample = sample
  }

  /// Into how many parts so many draws are cut: their variances give the interval of the variance.
  public static func parts(of draws: Int) -> Int { min(20, draws / 2) }

  /// Draws the estimates of one part.
  public func sample(_ part: Int) -> GradientSample {
    let parts = GradientTrial.parts(of: draws)
    require(0..<parts ~= part, "part \(part) of \(parts)")
    return sample(part, (part + 1) * draws / parts - part * draws / parts)
  }

  /// Draws all parts.
  public func measurement() -> GradientMeasurement {
    GradientMeasurement((0..<GradientTrial.parts(of: draws)).map(sample(_:)))
  }
}

/// What one part of a ``GradientTrial`` gave.
public struct GradientSample: Sendable, Codable {
  /// Of the estimates, in the order of the parameters.
  var moments: Moments
  /// Evaluations of the cost in all calls, each for the estimates made in it.
  var evaluations = 0
  var calls = 0
  var microseconds = 0.0

  init(coordinates: Int) { moments = Moments(coordinates: coordinates) }
}
