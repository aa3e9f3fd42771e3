import CKernels
import Foundation
import Testing

/// A function of one variable, and its value in double precision as Foundation has it.
struct UnaryFunction: Sendable, CustomTestStringConvertible {
  let operation: dk_unary
  let reference: @Sendable (Double) -> Double
  let range: ClosedRange<Double>
  /// Allowed error in units in the last place.
  var ulps = 3.0

  var testDescription: String { "\(operation)" }

  func callAsFunction(_ x: [Float]) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    FloatKernels.unary(operation, x.count, x, &y)
    return y
  }

  func callAsFunction(_ x: [Double]) -> [Double] {
    var y = [Double](repeating: .nan, count: x.count)
    DoubleKernels.unary(operation, x.count, x, &y)
    return y
  }

  static let all = [
    UnaryFunction(operation: .exp, reference: { exp($0) }, range: -87...88),
    UnaryFunction(operation: .expm1, reference: { expm1($0) }, range: -30...88),
    UnaryFunction(operation: .log, reference: { log($0) }, range: 1e-30...10),
    UnaryFunction(operation: .log1p, reference: { log1p($0) }, range: -0.99...10),
    UnaryFunction(operation: .sqrt, reference: { $0.squareRoot() }, range: 0...10, ulps: 1),
    UnaryFunction(operation: .sigmoid, reference: { 1 / (1 + exp(-$0)) }, range: -80...80),
    UnaryFunction(
      operation: .log_sigmoid, reference: { -max(-$0, 0) - log1p(exp(-abs($0))) }, range: -80...80),
    UnaryFunction(
      operation: .softplus, reference: { max($0, 0) + log1p(exp(-abs($0))) }, range: -80...80),
    UnaryFunction(operation: .tanh, reference: { tanh($0) }, range: -12...12),
    UnaryFunction(operation: .sin, reference: { sin($0) }, range: -10...10),
    UnaryFunction(operation: .cos, reference: { cos($0) }, range: -10...10),
  ]
}

@Suite struct FunctionTests {
  @Test("Functions are accurate to a few units in the last place", arguments: UnaryFunction.all)
  func accuracy(function: UnaryFunction) {
    let n = 100_000
    let width = function.range.upperBound - function.range.lowerBound
    // An even grid, and points that crowd around 0, where relative accuracy is lost most easily.
    var x = (0..<n).map { function.range.lowerBound + width * (Double($0) + 0.5) / Double(n) }
    x += (1..<1000).flatMap { i in [1.0, -1.0].map { $0 * exp(-Double(i) / 50) } }
      .filter(function.range.contains)
    let singles = x.map(Float.init)
    for (x, y) in zip(singles, function(singles)) {
      let expected = function.reference(Double(x))
      let ulp = Double(max(Float(expected).ulp, .leastNormalMagnitude))
      #expect(abs(Double(y) - expected) <= function.ulps * ulp, "at \(x)")
    }
    for (x, y) in zip(x, function(x)) {
      let expected = function.reference(x)
      #expect(abs(y - expected) <= (function.ulps + 1) * expected.ulp, "at \(x)")
    }
  }

  @Test(
    "Functions have their limits",
    arguments: [
      (.exp, [-.infinity, -1e4, 0, 1e4, .infinity], [0, 0, 1, .infinity, .infinity]),
      (.expm1, [-.infinity, -1e4, 0, 1e4, .infinity], [-1, -1, 0, .infinity, .infinity]),
      (.log, [-1, 0, 1, .infinity], [.nan, -.infinity, 0, .infinity]),
      (.log1p, [-2, -1, 0, .infinity], [.nan, -.infinity, 0, .infinity]),
      (.sigmoid, [-.infinity, -1e4, 0, 1e4, .infinity], [0, 0, 0.5, 1, 1]),
      (.softplus, [-.infinity, -1e4, 1e4, .infinity], [0, 0, 1e4, .infinity]),
      (.log_sigmoid, [-.infinity, -1e4, 1e4, .infinity], [-.infinity, -1e4, 0, 0]),
      (.tanh, [-.infinity, -1e4, 0, 1e4, .infinity], [-1, -1, 0, 1, 1]),
      (.is_finite, [-.infinity, .nan, 0, 1e30], [0, 0, 1, 1]),
      (.sign, [-.infinity, -2, 0, 3], [-1, -1, 0, 1]),
      (.step, [-.infinity, -2, 0, 3], [0, 0, 0, 1]),
      (.relu, [-.infinity, -2, 0, 3], [0, 0, 0, 3]),
    ] as [(dk_unary, [Double], [Double])])
  func limits(operation: dk_unary, x: [Double], expected: [Double]) {
    let function = UnaryFunction(operation: operation, reference: { $0 }, range: 0...0)
    for (y, z) in zip(function(x), expected) { #expect(y == z || y.isNaN && z.isNaN) }
    for (y, z) in zip(function(x.map(Float.init)), expected) {
      #expect(Double(y) == z || y.isNaN && z.isNaN)
    }
  }

  @Test("NaN stays NaN", arguments: UnaryFunction.all)
  func notANumber(function: UnaryFunction) {
    #expect(function([Double.nan])[0].isNaN)
    #expect(function([Float.nan])[0].isNaN)
  }

  @Test("Denormal numbers have a logarithm")
  func denormal() {
    let double = 1000 * Double.leastNonzeroMagnitude
    let single = 1000 * Float.leastNonzeroMagnitude
    let logarithm = UnaryFunction(operation: .log, reference: { log($0) }, range: 0...1)
    #expect(abs(logarithm([double])[0] - log(double)) < 1e-12)
    #expect(abs(logarithm([single])[0] - log(single)) < 1e-4)
  }
}
