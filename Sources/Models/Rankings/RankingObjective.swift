/// A concave log-likelihood whose gradient is observed statistics less expected ones.
protocol RankingObjective: Sendable {
  /// Number of log-worths; they come first among the parameters, and a constant added to all of
  /// them changes nothing.
  var items: Int { get }
  /// The evidence of the data about each parameter, all positive: its wins, or how often there was
  /// a tie of that size.
  var statistics: [Double] { get }

  /// Value and gradient; `nil` where parameters are too far apart for a `Double`.
  func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double])?
  /// The product of the negative Hessian with any direction; parameters are such that `evaluate`
  /// has a value.
  func curvature(at parameters: [Double]) -> (_ direction: [Double]) -> [Double]
}

extension RankingObjective {
  /// By how much expected statistics differ from observed ones, at most, as a part of these.
  func mismatch(_ gradient: [Double]) -> Double {
    zip(gradient, statistics).reduce(0) { max($0, abs($1.0) / $1.1) }
  }

  /// The rounding error of the value, which is a difference of sums of this size.
  func rounding(at parameters: [Double]) -> Double {
    1e-14 * zip(parameters, statistics).reduce(0) { $0 + (1 + abs($1.0)) * $1.1 }
  }
}

/// A sum whose rounding does not grow with the number of terms.
///
/// Neumaier (1974), Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  static func += (total: inout CompensatedSum, term: Double) {
    let next = total.sum + term
    total.lost +=
      abs(total.sum) >= abs(term) ? (total.sum - next) + term : (term - next) + total.sum
    total.sum = next
  }
}

/// The parts that all solvers share.
enum RankingSolution {
  /// When a solver stops: at a mismatch of 1e-12, or below 1e-9 where rounding lets it shrink no
  /// more.
  struct Progress {
    private var least = Double.infinity
    private var idle = 0

    mutating func isDone(_ mismatch: Double) -> Bool {
      idle = mismatch < least ? 0 : idle + 1
      least = min(least, mismatch)
      return mismatch <= 1e-12 || (idle >= 50 && mismatch <= 1e-9)
    }
  }

  /// Log-worths farther apart than this lose their products with one another.
  static let widest = 600.0

  /// Log-worths that sum to zero.
  static func centered(_ logWorths: [Double]) -> [Double] {
    let mean = logWorths.reduce(0, +) / Double(logWorths.count)
    return logWorths.map { $0 - mean }
  }
}
