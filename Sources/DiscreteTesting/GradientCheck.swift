public import Tensors

/// How reverse-mode derivatives are compared with central finite differences.
public struct GradientTolerance: Sendable {
  /// Half the distance between the two points of a difference.
  public var step: Double
  public var absolute: Double
  public var relative: Double

  public init(step: Double, absolute: Double, relative: Double) {
    self.step = step
    self.absolute = absolute
    self.relative = relative
  }

  /// For this build's `Scalar`: step 1e-6, 1e-5 absolute, 1e-3 relative in double precision; in
  /// single precision step 1e-2, 5e-3 absolute, 2e-2 relative, since the rounding of the function
  /// is divided by the step.
  public static let standard =
    MemoryLayout<Scalar>.size == 8
    ? GradientTolerance(step: 1e-6, absolute: 1e-5, relative: 1e-3)
    : GradientTolerance(step: 1e-2, absolute: 5e-3, relative: 2e-2)
}

/// The outcome of a gradient check: how much was compared, and the worst place.
public struct GradientReport: Sendable, CustomStringConvertible {
  /// One coordinate of one input.
  public struct Place: Sendable {
    /// Number of the input; one past the last is the cotangent, which order 2 varies too.
    public let input: Int
    /// Place of the scalar in the input, one index for each axis.
    public let index: [Int]
    /// From automatic differentiation.
    public let derivative: Double
    /// From finite differences.
    public let difference: Double
    /// The error over what is tolerated; above 1, or not a number, it failed.
    public let excess: Double
  }

  /// 1 for gradients, 2 for gradients of gradients.
  public let order: Int
  /// Number of coordinates compared.
  public let comparisons: Int
  /// Where derivative and difference disagree most; `nil` when there was nothing to compare.
  public let worst: Place?

  /// Whether every coordinate is within the tolerance.
  public var passed: Bool { worst.map { $0.excess <= 1 } ?? true }

  public var description: String {
    guard let worst else { return "order \(order): no coordinates" }
    return """
      order \(order), \(comparisons) coordinates: worst at \(worst.index) of input \(worst.input), \
      derivative \(worst.derivative), difference \(worst.difference), \
      \(worst.excess) of the tolerance
      """
  }
}

/// Compares the gradients of a function of tensors with central finite differences.
///
/// The output, of any shape, is projected on a random cotangent c in [-1, 1]. Order 1 compares the
/// gradient of <f(x), c> with respect to every input. Order 2 compares the gradient of <gradient,
/// d> for random directions d with differences of first derivatives, with respect to the inputs and
/// to c itself, so that a pullback that is wrong in its cotangent is caught too.
///
///     let report = checkGradient(of: { $0[0].matmul($0[1]) }, at: [a, b], using: &generator)
///     #expect(report.passed, "\(report)")
///
/// - Parameters:
///   - function: smooth within a step of the inputs; called with as many tensors as there are
///     inputs, and must be deterministic.
///   - order: 1 or 2.
/// - Complexity: two calls, at order 2 with a backward pass each, for every scalar of the inputs.
public func checkGradient(
  of function: ([Tensor]) -> Tensor, at inputs: [Tensor], order: Int = 1,
  tolerance: GradientTolerance = .standard, using generator: inout some RandomNumberGenerator
) -> GradientReport {
  require(order == 1 || order == 2, "gradient check of order \(order)")
  let output = function(inputs)
  let cotangent = direction(output.shape, using: &generator)
  if order == 1 {
    return compare(
      order: 1, at: inputs, tolerance: tolerance,
      derivatives: { variables in
        gradients(of: function(variables) * cotangent, withRespectTo: variables)
      },
      value: { inner([function($0)], [cotangent]) })
  }
  let directions = inputs.map { direction($0.shape, using: &generator) }
  func first(_ variables: [Tensor], differentiable: Bool) -> [Tensor] {
    let output = function(Array(variables.dropLast())) * variables[inputs.count]
    return gradients(
      of: output, withRespectTo: Array(variables.dropLast()), differentiable: differentiable)
  }
  return compare(
    order: 2, at: inputs + [cotangent], tolerance: tolerance,
    derivatives: { variables in
      let projected = zip(first(variables, differentiable: true), directions)
        .reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
      return gradients(of: projected, withRespectTo: variables)
    },
    value: { point in
      inner(first(point.map { $0.variable() }, differentiable: false), directions)
    })
}

private func compare(
  order: Int, at point: [Tensor], tolerance: GradientTolerance,
  derivatives: ([Tensor]) -> [Tensor], value: ([Tensor]) -> Double
) -> GradientReport {
  let derived = derivatives(point.map { $0.variable() }).map(\.scalars)
  var comparisons = 0
  var worst: GradientReport.Place?
  for (input, tensor) in point.enumerated() {
    for place in 0..<tensor.count {
      func moved(by step: Double) -> (point: [Tensor], coordinate: Double) {
        var scalars = tensor.scalars
        scalars[place] += Scalar(step)
        var moved = point
        moved[input] = Tensor(scalars, shape: tensor.shape)
        return (moved, Double(scalars[place]))
      }
      let (upper, lower) = (moved(by: tolerance.step), moved(by: -tolerance.step))
      // The step that was taken, after rounding.
      let difference =
        (value(upper.point) - value(lower.point)) / (upper.coordinate - lower.coordinate)
      let derivative = Double(derived[input][place])
      let allowed = tolerance.absolute + tolerance.relative * abs(difference)
      let excess = abs(derivative - difference) / allowed
      comparisons += 1
      if worst.map({ !(excess <= $0.excess) && !$0.excess.isNaN }) ?? true {
        worst = GradientReport.Place(
          input: input, index: unraveled(place, shape: tensor.shape), derivative: derivative,
          difference: difference, excess: excess)
      }
    }
  }
  return GradientReport(order: order, comparisons: comparisons, worst: worst)
}

/// The sum of all products, in double precision.
private func inner(_ a: [Tensor], _ b: [Tensor]) -> Double {
  zip(a, b).reduce(0) { total, pair in
    zip(pair.0.scalars, pair.1.scalars).reduce(total) { $0 + Double($1.0) * Double($1.1) }
  }
}

private func direction(_ shape: [Int], using generator: inout some RandomNumberGenerator) -> Tensor
{
  Tensor(shape: shape) { buffer in
    for place in buffer.indices { buffer[place] = .random(in: -1...1, using: &generator) }
  }
}

private func unraveled(_ place: Int, shape: [Int]) -> [Int] {
  var rest = place
  var index = shape
  for axis in shape.indices.reversed() {
    index[axis] = rest % shape[axis]
    rest /= shape[axis]
  }
  return index
}
