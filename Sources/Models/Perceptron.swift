public import Learning
public import Tensors

/// A map from one stochastic layer to the logits of the next: linear, or with deterministic tanh
/// layers between.
///
/// The parameters of the last linear map have the map's own name in a checkpoint, and the earlier
/// ones have `hidden` behind it.
public struct Perceptron: Parameterized, Sendable {
  public var hidden: [Linear]
  public var output: Linear

  /// - Parameters:
  ///   - hidden: sizes of the deterministic layers, none for a linear map.
  ///   - outputBias: where the output's bias starts, zero by default.
  public init(
    inputs: Int, hidden sizes: [Int], outputs: Int, outputBias: Tensor? = nil,
    using generator: inout some RandomNumberGenerator
  ) {
    var width = inputs
    hidden = []
    for size in sizes {
      hidden.append(Linear(inputs: width, outputs: size, using: &generator))
      width = size
    }
    output = Linear(inputs: width, outputs: outputs, using: &generator)
    if let outputBias { output.bias = outputBias }
  }

  /// Logits [..., outputs] of inputs [..., inputs], from which `center` is subtracted first.
  public func callAsFunction(_ input: Tensor, centeredBy center: Tensor? = nil) -> Tensor {
    var center = center
    var value = input
    for layer in hidden {
      value = value.squashedAffine(layer.weight, layer.bias, centeredBy: center)
      center = nil
    }
    return value.affine(output.weight, output.bias, centeredBy: center)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    if !hidden.isEmpty { visitor.visit("hidden", &hidden) }
    output.visitParameters(&visitor)
  }
}
