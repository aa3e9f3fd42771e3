/// A mean and half the width of its 95 % interval by Student's t.
package struct Interval: Sendable {
  package let mean: Double
  /// Zero of a single value.
  package let half: Double

  /// - Parameter values: one or more.
  package init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0.0, +) / count
    self.mean = mean
    guard values.count > 1 else {
      half = 0
      return
    }
    let variance = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    // The 97.5 % points of Student's t by degrees of freedom; 2 stands for all beyond, which is
    // 2.26 at 9 and 1.96 in the end.
    let points = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
    let point = values.count - 2 < points.count ? points[values.count - 2] : 2.0
    half = point * (variance / count).squareRoot()
  }
}
