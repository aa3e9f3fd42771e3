import Models
import Testing

struct TradeOffCurveTests {
  private typealias Point = TradeOffCurve.Point

  private static let curve = TradeOffCurve([
    Point(quality: 1, diversity: 5, qualityError: 0.3, diversityError: 0.4),
    Point(quality: 3, diversity: 3), Point(quality: 5, diversity: 4),
  ])

  @Test(
    "what is beyond, level, behind, and not covered",
    arguments: [
      (2.5, 3.2, 0.15, TradeOffCurve.Verdict.beyond), (2, 4, 0, .level), (2.5, 4.1, -0.3, .behind),
      (4, 4, -1, .behind), (0.5, 4.9, 0.5, .uncovered), (4, 2, 1, .uncovered), (3, 3, 0, .level),
    ])
  func verdicts(quality: Double, diversity: Double, margin: Double, verdict: TradeOffCurve.Verdict)
  {
    let point = Point(quality: quality, diversity: diversity)
    #expect(abs(Self.curve.margin(of: point) - margin) < 1e-12)
    let exact = TradeOffCurve(
      Self.curve.points.map { Point(quality: $0.quality, diversity: $0.diversity) })
    #expect(exact.verdict(on: point) == verdict)
  }

  @Test("nothing is told within two standard errors of both points")
  func errors() {
    // The nearest point is the first, whose errors are 0.5 together.
    for (error, verdict) in [(0.0, TradeOffCurve.Verdict.level), (1.2, .level)] {
      let point = Point(quality: 0.2, diversity: 4.2, qualityError: error)
      #expect(Self.curve.verdict(on: point) == verdict)
    }
    #expect(Self.curve.verdict(on: Point(quality: 0, diversity: 3.5)) == .uncovered)
    #expect(
      Self.curve.verdict(on: Point(quality: 2.5, diversity: 3.2, qualityError: 0.1)) == .level)
  }

  @Test("a curve of one point is that point")
  func single() {
    let curve = TradeOffCurve([Point(quality: 1, diversity: 1)])
    #expect(curve.margin(of: Point(quality: 0.5, diversity: 2)) == 0.5)
    #expect(curve.verdict(on: Point(quality: 2, diversity: 2)) == .behind)
  }
}
