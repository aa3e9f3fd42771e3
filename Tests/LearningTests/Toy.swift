import Learning
import Tensors

/// Trained tensors by themselves and in a list, and a running mean that a loss may advance.
struct Toy: Parameterized, Sendable {
  var layers: [Linear]
  var scale: Tensor
  var mean: Tensor = 0

  init(sizes: [Int], seed: UInt64) {
    var generator = Philox(seed: seed)
    layers = zip(sizes, sizes.dropFirst()).map {
      Linear(inputs: $0, outputs: $1, using: &generator)
    }
    scale = .randomNormal([sizes.last ?? 0], using: &generator)
  }

  func callAsFunction(_ input: Tensor) -> Tensor {
    layers.dropFirst().reduce(layers[0](input)) { $1($0.tanh()) } * scale
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("layers", &layers)
    visitor.visit("scale", &scale)
    visitor.visit("mean", &mean, .tracked)
  }
}

/// One trained vector.
struct Vector: Parameterized, Sendable {
  var x: Tensor

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("x", &x)
  }
}

extension Tensor {
  /// The largest absolute difference to a tensor of the same shape.
  func distance(to other: Tensor) -> Scalar {
    zip(scalars, other.scalars).map { Swift.abs($0 - $1) }.max() ?? 0
  }
}

extension Parameterized {
  /// The bits of every tensor, by name.
  var bits: [String: [UInt64]] {
    var result: [String: [UInt64]] = [:]
    for parameter in namedParameters() {
      result[parameter.name] = parameter.tensor.scalars.map { Double($0).bitPattern }
    }
    return result
  }

  /// Where every tensor stands in memory.
  var addresses: [UnsafePointer<Scalar>?] {
    namedParameters().map { $0.tensor.withPointer(\.baseAddress) }
  }
}
