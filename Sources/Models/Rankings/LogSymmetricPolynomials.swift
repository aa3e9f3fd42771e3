import RealModule
import Tensors

/// Logarithms of the elementary symmetric polynomials of the first 0, 1, ..., n weights, up to a
/// degree.
///
/// The law of a subset of that size, with probability proportional to the product of its weights,
/// is read off the table: Chen and Liu, "Statistical applications of the Poisson-binomial and
/// conditional Bernoulli distributions", Statistica Sinica 1997. O(n degree).
struct LogSymmetricPolynomials {
  private let logWeights: [Double]
  private let degree: Int
  /// log e_k of the first i weights at i (degree + 1) + k.
  private var rows: [Double]

  /// Traps on a degree of 0, or of more than there are weights.
  init(_ logWeights: [Double], degree: Int) {
    require((1...logWeights.count).contains(degree), "\(degree) of \(logWeights.count)")
    self.logWeights = logWeights
    self.degree = degree
    let width = degree + 1
    rows = Array(repeating: -.infinity, count: (logWeights.count + 1) * width)
    rows[0] = 0
    for (item, logWeight) in logWeights.enumerated() {
      rows[(item + 1) * width] = 0
      for k in 1...min(degree, item + 1) {
        let (without, with) = (rows[item * width + k], logWeight + rows[item * width + k - 1])
        let (low, high) = (min(without, with), max(without, with))
        rows[(item + 1) * width + k] = high + Double.log(onePlus: Double.exp(low - high))
      }
    }
  }

  /// log e_degree of all weights.
  var last: Double { rows[rows.count - 1] }

  /// The places of one subset of `degree` weights, in increasing order; at most one word of the
  /// generator per weight.
  func subset(using generator: inout some RandomNumberGenerator) -> [Int] {
    var (wanted, subset): (Int, [Int]) = (degree, [])
    for item in logWeights.indices.reversed() where wanted > 0 {
      let (before, after) = (item * (degree + 1), (item + 1) * (degree + 1))
      let logChance = logWeights[item] + rows[before + wanted - 1] - rows[after + wanted]
      // As many as are wanted may be all that are left, which rounding must not change.
      if wanted == item + 1 || Double.log(generator.uniform()) < logChance {
        subset.append(item)
        wanted -= 1
      }
    }
    return subset.reversed()
  }
}
