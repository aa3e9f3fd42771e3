public import Tensors

/// An affine map of the last axis: x · weight + bias.
public struct Linear: Parameterized, Sendable {
  /// Shape [inputs, outputs].
  public var weight: Tensor
  /// Shape [outputs].
  public var bias: Tensor

  /// Weights N(0, 1/inputs), biases zero.
  ///
  /// Traps unless there is an input.
  public init(inputs: Int, outputs: Int, using generator: inout some RandomNumberGenerator) {
    require(inputs > 0 && outputs >= 0, "a linear layer from \(inputs) to \(outputs)")
    let scale = 1 / Scalar(inputs).squareRoot()
    weight = .randomNormal([inputs, outputs], using: &generator) * scale
    bias = .zeros([outputs])
  }

  /// The maps from each size to the next.
  ///
  /// Traps unless all but the last size are positive.
  package static func chain(
    _ sizes: [Int], using generator: inout some RandomNumberGenerator
  ) -> [Linear] {
    zip(sizes, sizes.dropFirst()).map { Linear(inputs: $0, outputs: $1, using: &generator) }
  }

  /// Outputs [..., outputs] of inputs [..., inputs]; for a tensor of bits a sum of rows where that
  /// is faster.
  public func callAsFunction(_ input: Tensor) -> Tensor { input.affine(weight, bias) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }
}
