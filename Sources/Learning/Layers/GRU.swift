public import Tensors

/// A recurrent layer with an update and a reset gate, and no cell.
///
/// z, r = sigmoid(x W + h U + b), n = tanh(x W + r (h U + c) + b), h' = (1 - z) n + z h; the gates
/// stand in the order z, r, n. Cho et al. (2014), Learning phrase representations, with the reset
/// applied after the product, as in cuDNN and PyTorch.
public struct GRU: Parameterized, Sendable {
  /// Shape [inputs, 3 units].
  public var input: Tensor
  /// Shape [units, 3 units].
  public var recurrent: Tensor
  /// Shape [3 units].
  public var bias: Tensor
  /// Shape [units]: c, which the reset applies to.
  public var candidateBias: Tensor

  /// Weights and biases N(0, deviation²).
  ///
  /// Traps unless the sizes are positive and the deviation is not negative.
  public init(
    inputs: Int, units: Int, deviation: Scalar = 0.1,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      inputs > 0 && units > 0 && deviation >= 0,
      "a GRU of \(units) units on \(inputs) inputs, deviation \(deviation)")
    input = .randomNormal([inputs, 3 * units], using: &generator) * deviation
    recurrent = .randomNormal([units, 3 * units], using: &generator) * deviation
    bias = .randomNormal([3 * units], using: &generator) * deviation
    candidateBias = .randomNormal([units], using: &generator) * deviation
  }

  /// Number of units.
  public var units: Int { recurrent.shape[0] }

  /// The hidden state, [rows, units], after one step of inputs [rows, inputs].
  public func step(_ x: Tensor, from hidden: Tensor) -> Tensor {
    callAsFunction(x.expandingDimensions(at: 0), from: hidden).sliced(along: 0, at: 0)
  }

  /// The hidden states of every step, [steps, rows, units], of inputs [steps, rows, inputs].
  ///
  /// - Complexity: one product for the inputs of all steps, one per step for the hidden state; the
  ///   way back takes twice that.
  public func callAsFunction(_ inputs: Tensor, from hidden: Tensor) -> Tensor {
    require(
      inputs.rank == 3 && inputs.shape[0] > 0 && inputs.shape[2] == input.shape[0],
      "a GRU of \(input.shape[0]) inputs on \(inputs.shape)")
    return inputs.affine(input, bias).gru(recurrent, bias: candidateBias, hidden: hidden)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("input", &input)
    visitor.visit("recurrent", &recurrent)
    visitor.visit("bias", &bias)
    visitor.visit("candidateBias", &candidateBias)
  }
}
