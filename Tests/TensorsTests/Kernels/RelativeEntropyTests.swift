import CKernels
import Foundation
import Testing

@Suite struct RelativeEntropyTests {
  @Test(
    "Sums and slopes are those of their definition, and a probability of zero is silent",
    arguments: [(1, 1, 1), (7, 33, 7), (100, 200, 1), (40, 200, 20), (5, 64, 1), (0, 3, 1)])
  func definition(rows: Int, n: Int, otherRows: Int) {
    func logs(_ key: UInt64, _ count: Int) -> [Double] {
      var x = [Double](repeating: 0, count: count)
      DoubleKernels.exponential(key, 0, count, &x)
      return x.map { -$0 }
    }
    var (l, others) = (logs(1, rows * n), logs(2, otherRows * n))
    let cotangent = logs(3, rows)
    // Silent where the first is impossible, whatever the second is.
    for place in stride(from: 0, to: l.count, by: 5) { l[place] = -.infinity }
    for place in stride(from: 0, to: others.count, by: 5) where n % 5 == 0 {
      others[place] = -.infinity
    }
    var (expected, slopes) = ([Double](repeating: 0, count: rows), l.map { _ in 0.0 })
    for place in l.indices where l[place] > -.infinity {
      let (r, j) = (place / n, place % n)
      let ratio = l[place] - others[r % otherRows * n + j]
      expected[r] += exp(l[place]) * ratio
      slopes[place] = cotangent[r] * exp(l[place]) * (ratio + 1)
    }
    func check(_ y: [Double], _ expected: [Double], _ tolerance: Double) {
      #expect(zip(y, expected).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) })
    }
    var (y, dl) = (expected.map { _ in Double.nan }, l.map { _ in Double.nan })
    DoubleKernels.relativeEntropy(rows, n, l, others, otherRows, &y)
    check(y, expected, 1e-13)
    DoubleKernels.relativeEntropyBackward(rows, n, cotangent, l, others, otherRows, &dl)
    check(dl, slopes, 1e-13)
    let singles = (l.map(Float.init), others.map(Float.init))
    var (single, singleSlopes) = (y.map { _ in Float.nan }, l.map { _ in Float.nan })
    FloatKernels.relativeEntropy(rows, n, singles.0, singles.1, otherRows, &single)
    check(single.map(Double.init), expected, 1e-4)
    FloatKernels.relativeEntropyBackward(
      rows, n, cotangent.map(Float.init), singles.0, singles.1, otherRows, &singleSlopes)
    check(singleSlopes.map(Double.init), slopes, 1e-4)
  }
}
