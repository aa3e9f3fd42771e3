import RealModule

/// A number and its derivative along one direction.
struct Dual: Sendable {
  var value: Double
  var slope: Double

  init(_ value: Double, _ slope: Double = 0) {
    self.value = value
    self.slope = slope
  }

  static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, a.slope + b.slope) }

  static func * (a: Dual, b: Dual) -> Dual {
    Dual(a.value * b.value, a.slope * b.value + a.value * b.slope)
  }

  static func / (a: Dual, b: Dual) -> Dual {
    let quotient = a.value / b.value
    return Dual(quotient, (a.slope - quotient * b.slope) / b.value)
  }

  static func += (a: inout Dual, b: Dual) { a = a + b }

  /// exp(x) where x has the derivative `slope`.
  static func exponential(of x: Double, slope: Double) -> Dual {
    let result = Double.exp(x)
    return Dual(result, result * slope)
  }
}
