import RealModule
import Tensors

/// Pearson's test of counts against probabilities.
public struct ChiSquare: Sendable {
  /// The sum of (observed - expected)^2 / expected; infinite if an impossible state was seen.
  public let statistic: Double
  /// Cells compared, less one.
  public let degreesOfFreedom: Int
  /// The probability of a statistic at least this large if the probabilities are right.
  public var pValue: Double {
    chiSquareSurvival(statistic, degreesOfFreedom: degreesOfFreedom)
  }

  /// Compares counts of states with their probabilities.
  ///
  /// States expected fewer than `smallest` times are pooled into one cell, where the statistic's
  /// law would not yet be a chi-square. Traps unless there is a probability for each count.
  public init(observed: [Int], probabilities: [Double], smallest: Double = 10) {
    require(
      observed.count == probabilities.count,
      "\(observed.count) counts, \(probabilities.count) probabilities")
    let total = Double(observed.reduce(0, +))
    var (statistic, cells) = (0.0, 0)
    var pooled = (observed: 0.0, expected: 0.0)
    for (count, probability) in zip(observed, probabilities) {
      let expected = total * probability
      if probability == 0 && count > 0 { statistic = .infinity }
      if expected < smallest {
        pooled = (pooled.observed + Double(count), pooled.expected + expected)
      } else {
        statistic += (Double(count) - expected) * (Double(count) - expected) / expected
        cells += 1
      }
    }
    if pooled.expected > 0 {
      let difference = pooled.observed - pooled.expected
      // Of a rare pool the law is Poisson, whose tail is heavier than the chi-square's.
      statistic += difference * difference / max(pooled.expected, smallest)
      cells += 1
    }
    self.statistic = statistic
    degreesOfFreedom = max(cells - 1, 0)
  }
}

/// The probability that a chi-square variable exceeds x, to about twelve digits.
///
/// The regularized incomplete gamma function Q(k / 2, x / 2), by its series below the mean and by
/// Lentz's continued fraction above.
public func chiSquareSurvival(_ x: Double, degreesOfFreedom k: Int) -> Double {
  require(k >= 0, "\(k) degrees of freedom")
  if x <= 0 { return 1 }
  if k == 0 || x == .infinity { return 0 }
  let (a, y) = (Double(k) / 2, x / 2)
  let front = Double.exp(a * Double.log(y) - y - Double.logGamma(a))
  if y < a + 1 {
    var term = 1 / a
    var (sum, n) = (term, a)
    while term > sum * 1e-17 {
      n += 1
      term *= y / n
      sum += term
    }
    return 1 - front * sum
  }
  let tiny = 1e-300
  var b = y + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var fraction = d
  for i in 1..<100_000 {
    let numerator = -Double(i) * (Double(i) - a)
    b += 2
    d = numerator * d + b
    d = 1 / (abs(d) < tiny ? tiny : d)
    c = b + numerator / c
    if abs(c) < tiny { c = tiny }
    fraction *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return front * fraction
}
