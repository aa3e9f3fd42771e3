import Tensors
import Testing

/// An operation under test: a function of tensors, the shapes it is tried at, and where its
/// derivative exists.
struct DifferentiableOperation: Sendable, CustomTestStringConvertible {
  /// From where the inputs are drawn.
  enum Domain: Sendable {
    case real
    case positive
    case negative
    /// At least 0.3 away from zero, where some derivatives jump.
    case nonzero
    /// No two scalars within 0.1 of each other, so that no order changes within a step.
    case distinct
  }
  struct Example: Sendable {
    let shapes: [[Int]]
    let function: @Sendable ([Tensor]) -> Tensor
  }

  /// The name in the source, with labels where several share it.
  let name: String
  let domain: Domain
  let examples: [Example]

  var testDescription: String { name }

  /// A function of one tensor.
  static func unary(
    _ name: String, _ domain: Domain = .real, _ function: @escaping @Sendable (Tensor) -> Tensor
  ) -> Self {
    let shapes = [[], [3], [2, 3], [1, 2, 1], [2, 0, 3]]
    return Self(
      name: name, domain: domain,
      examples: shapes.map { Example(shapes: [$0]) { function($0[0]) } })
  }

  /// A function of two tensors with broadcasting.
  static func binary(
    _ name: String, _ domain: Domain = .real,
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> Self {
    let shapes: [[[Int]]] = [
      [[], []], [[3], [3]], [[2, 3], [2, 3]], [[2, 3], [3]], [[2, 3], []], [[], [4]],
      [[2, 1], [1, 3]], [[3], [2, 2, 1]], [[0, 3], [3]], [[1, 2], [2, 0, 1, 1]],
    ]
    return Self(
      name: name, domain: domain,
      examples: shapes.map { Example(shapes: $0) { function($0[0], $0[1]) } })
  }

  /// A function of one tensor and an axis, tried at every axis, from the front and from the end.
  static func along(
    _ name: String, _ domain: Domain = .real, empty: Bool = true,
    _ function: @escaping @Sendable (Tensor, Int) -> Tensor
  ) -> Self {
    let shapes = [[3], [2, 3], [2, 3, 2], [1, 3], [3, 1]] + (empty ? [[0, 2], [2, 0]] : [])
    return Self(
      name: name, domain: domain,
      examples: shapes.flatMap { shape in
        (-shape.count..<shape.count).map { axis in
          Example(shapes: [shape]) { function($0[0], axis) }
        }
      })
  }

  /// A function at given shapes of its inputs, one list for each example.
  static func at(
    _ name: String, _ shapes: [[[Int]]],
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Self {
    Self(
      name: name, domain: .real, examples: shapes.map { Example(shapes: $0, function: function) })
  }

  /// Different functions under one name.
  static func examples(_ name: String, _ examples: [Example]) -> Self {
    Self(name: name, domain: .real, examples: examples)
  }

  func inputs(_ shapes: [[Int]], using generator: inout some RandomNumberGenerator) -> [Tensor] {
    let total = shapes.reduce(0) { $0 + $1.reduce(1, *) }
    var ranks = Array(0..<total).shuffled(using: &generator)[...]
    return shapes.map { shape in
      Tensor(shape: shape) { buffer in
        for place in buffer.indices {
          let rank = ranks.removeFirst()
          let sign: Scalar = Bool.random(using: &generator) ? 1 : -1
          buffer[place] =
            switch domain {
            case .real: .random(in: -2...2, using: &generator)
            case .positive: .random(in: 0.5...2, using: &generator)
            case .negative: .random(in: -3 ... -0.3, using: &generator)
            case .nonzero: sign * .random(in: 0.3...2, using: &generator)
            case .distinct:
              (Scalar(rank) - Scalar(total) / 2) * 0.2 + .random(in: 0...0.1, using: &generator)
            }
        }
      }
    }
  }
}
