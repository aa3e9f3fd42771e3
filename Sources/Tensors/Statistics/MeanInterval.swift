/// The mean of independent numbers, its standard error, and its 95 % interval by Student's t.
package struct MeanInterval: Sendable {
  package let mean: Double
  /// Zero of a single number.
  package let standardError: Double
  /// Half the width of the interval; zero of a single number.
  package let half: Double

  /// The 97.5 % point of the normal law, for standard errors that are known otherwise.
  package static let normalPoint = 1.959964

  /// The interval of so many numbers; traps unless there is one.
  package init(_ values: [Double]) {
    require(!values.isEmpty, "the mean of no numbers")
    let count = Double(values.count)
    let mean = values.reduce(0.0, +) / count
    self.mean = mean
    guard values.count > 1 else {
      (standardError, half) = (0, 0)
      return
    }
    let squares = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = (squares / (count - 1) / count).squareRoot()
    half = MeanInterval.studentPoint(values.count - 1) * standardError
  }

  /// The 97.5 % point of Student's t with so many degrees of freedom, one or more.
  ///
  /// From twenty on it is Abramowitz and Stegun's expansion 26.7.5, of which the error is below
  /// 0.001 there.
  package static func studentPoint(_ freedom: Int) -> Double {
    guard freedom > fewPoints.count else { return fewPoints[freedom - 1] }
    let (z, n) = (normalPoint, Double(freedom))
    let (cube, fifth) = (z * z * z, z * z * z * z * z)
    return z + (cube + z) / (4 * n) + (5 * fifth + 16 * cube + 3 * z) / (96 * n * n)
  }

  private static let fewPoints = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
  ]
}
