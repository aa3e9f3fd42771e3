import Testing

@testable import Tensors

struct MeanIntervalTests {
  @Test("mean, standard error and half of the interval, by hand")
  func byHand() {
    let found = MeanInterval([1, 2, 3, 6])
    #expect(found.mean == 3)
    // The sum of squares about the mean is 14; 14 / 3 / 4.
    #expect(abs(found.standardError - (14.0 / 12).squareRoot()) < 1e-15)
    #expect(abs(found.half - 3.182 * found.standardError) < 1e-15)
    let one = MeanInterval([5])
    #expect(one.mean == 5 && one.standardError == 0 && one.half == 0)
  }

  /// The 97.5 % points of published tables, to the three places that these have.
  @Test(
    "points of Student's t, tabled and by the expansion",
    arguments: [
      (1, 12.706), (9, 2.262), (19, 2.093), (20, 2.086), (24, 2.064), (30, 2.042), (60, 2.000),
      (120, 1.980),
    ])
  func studentPoints(freedom: Int, point: Double) {
    #expect(abs(MeanInterval.studentPoint(freedom) - point) < 0.0006)
  }

  @Test("the points fall without a jump, and end at the normal law's")
  func fall() {
    let points = (1...1000).map(MeanInterval.studentPoint)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0 > $1 })
    #expect(abs(MeanInterval.studentPoint(1 << 40) - MeanInterval.normalPoint) < 1e-9)
  }
}
