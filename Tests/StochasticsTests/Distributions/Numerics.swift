import Tensors

/// What rounding allows in either precision.
enum Numerics {
  static let isDouble = Scalar.self == Double.self
  /// Relative error of a few operations.
  static let tolerance = isDouble ? 1e-12 : 1e-5

  /// Whether two numbers agree to the tolerance, relative to the larger of the second and `floor`.
  static func agree(_ a: Double, _ b: Double, floor: Double = 0, to tolerance: Double = tolerance)
    -> Bool
  {
    a == b || abs(a - b) <= tolerance * max(abs(b), floor)
  }

  /// The largest difference between the derivative and central differences, relative to one or the
  /// larger derivative.
  static func gradientError(at point: Tensor, _ body: (Tensor) -> Tensor) -> Double {
    let derivative = gradient(at: point, body).scalars.map { Double($0) }
    // The cube root of the rounding error balances rounding and curvature.
    let step: Scalar = isDouble ? 6e-6 : 2e-2
    return derivative.indices.map { index in
      let sides = [step, -step].map { step in
        var moved = point
        moved.withMutablePointer { $0[index] += step }
        return Double(body(moved).sum().item)
      }
      let difference = (sides[0] - sides[1]) / (2 * Double(step))
      return abs(difference - derivative[index]) / max(1, abs(difference))
    }.max() ?? 0
  }

  /// What `gradientError` may be.
  static let gradientTolerance = isDouble ? 1e-8 : 5e-3
}
