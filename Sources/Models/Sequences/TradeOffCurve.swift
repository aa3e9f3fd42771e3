import Tensors

/// The losses of a model in quality and in diversity at several temperatures, and which points lie
/// beyond it.
///
/// Caccia et al. (2020), Language GANs falling short: one model is better than another only where
/// its points lie beyond the other's curve, since a temperature trades quality for diversity at no
/// cost.
public struct TradeOffCurve: Sendable {
  /// Two losses, the lower the better, with the standard errors of their estimates.
  public struct Point: Sendable, Equatable, Codable {
    public let quality: Double
    public let diversity: Double
    public let qualityError: Double
    public let diversityError: Double

    public init(
      quality: Double, diversity: Double, qualityError: Double = 0, diversityError: Double = 0
    ) {
      self.quality = quality
      self.diversity = diversity
      self.qualityError = qualityError
      self.diversityError = diversityError
    }
  }

  public enum Verdict: String, Sendable {
    /// No point of the curve is as good in both, by more than two standard errors.
    case beyond
    /// Neither beyond nor behind by more than two standard errors.
    case level
    /// Some point of the curve is better in both, by more than two standard errors.
    case behind
    /// Better in quality or in diversity than all of the curve: other temperatures of it are needed
    /// to tell.
    case uncovered
  }

  /// In the order of the temperatures.
  public let points: [Point]

  /// A curve through points, straight between neighbors; traps where there are none, or some are
  /// not finite.
  public init(_ points: [Point]) {
    require(
      !points.isEmpty && points.allSatisfy { $0.quality.isFinite && $0.diversity.isFinite },
      "a curve of \(points.count) points")
    self.points = points
  }

  /// How much worse a point could get in both until some point of the curve is as good; below 0
  /// where one is already better.
  public func margin(of point: Point) -> Double { nearest(to: point).margin }

  private func nearest(to point: Point) -> (margin: Double, error: Double) {
    func lead(_ other: Point, _ next: Point, _ share: Double) -> Double {
      max(
        other.quality + share * (next.quality - other.quality) - point.quality,
        other.diversity + share * (next.diversity - other.diversity) - point.diversity)
    }
    var best = (margin: Double.infinity, error: 0.0)
    for (a, b) in zip(points, points.dropFirst() + points.suffix(1)) {
      // The larger of two straight lines is least at an end or where they cross.
      let slope = (b.quality - a.quality) - (b.diversity - a.diversity)
      let crossing =
        ((a.diversity - point.diversity) - (a.quality - point.quality)) / (slope == 0 ? 1 : slope)
      for share in [0, 1, min(1, max(0, crossing))] {
        let margin = lead(a, b, share)
        guard margin < best.margin else { continue }
        let near = share < 0.5 ? a : b
        let squares = [
          near.qualityError, near.diversityError, point.qualityError, point.diversityError,
        ].reduce(0) { $0 + $1 * $1 }
        best = (margin, squares.squareRoot())
      }
    }
    return best
  }

  /// Where a point lies.
  public func verdict(on point: Point) -> Verdict {
    let (margin, error) = nearest(to: point)
    if margin < -2 * error { return .behind }
    if margin <= 2 * error { return .level }
    let isCovered =
      points.contains { $0.quality <= point.quality }
      && points.contains { $0.diversity <= point.diversity }
    return isCovered ? .beyond : .uncovered
  }
}
