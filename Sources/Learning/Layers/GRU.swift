public import Tensors

/// A recurrent layer with an update and a reset gate, and no cell.
///
/// z, r = sigmoid(x W + h U + b), n = tanh(x W + r (h U) + b), h' = (1 - z) n + z h; the gates stand in the order z, r, n.
/// Cho et al. (2014), Learning phrase representations, with the reset applied after the product.
public struct GRU: Parameterized, Sendable {
  /// Of shape [inputs, 3 units].
  public var input: Tensor
  /// Of shape [units, 3 units].
  public var recurrent: Tensor
  /// Of shape [3 units].
  public var bias: Tensor

  /// Weights and biases N(0, deviation²).
  public init(
    inputs: Int, units: Int, deviation: Scalar = 0.1,
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && units > 0 && deviation >= 0,
      "a GRU of \(units) units on \(inputs) inputs, deviation \(deviation)")
    input = .randomNormal([inputs, 3 * units], using: &generator) * deviation
    recurrent = .randomNormal([units, 3 * units], using: &generator) * deviation
    bias = .randomNormal([3 * units], using: &generator) * deviation
  }

  /// Number of units.
  public var units: Int { recurrent.shape[0] }

  /// The hidden state, [rows, units], after one step of inputs [rows, inputs].
  public func step(_ x: Tensor, from hidden: Tensor) -> Tensor {
    precondition(
      x.rank == 2 && hidden.shape == [x.shape[0], units],
      "a GRU of \(units) units on inputs \(x.shape) from a state \(hidden.shape)")
    let fromInput = x.affine(input, bias)
    let fromState = hidden.matmul(recurrent)
    func part(_ tensor: Tensor, _ place: Int) -> Tensor {
      tensor.sliced(along: 1, place * units..<(place + 1) * units)
    }
    let update = (part(fromInput, 0) + part(fromState, 0)).sigmoid()
    let reset = (part(fromInput, 1) + part(fromState, 1)).sigmoid()
    let candidate = (part(fromInput, 2) + reset * part(fromState, 2)).tanh()
    return candidate + update * (hidden - candidate)
  }

  /// The hidden states of every step, [steps, rows, units], of inputs [steps, rows, inputs].
  public func callAsFunction(_ inputs: Tensor, from hidden: Tensor) -> Tensor {
    precondition(inputs.rank == 3 && inputs.shape[0] > 0, "a GRU on inputs \(inputs.shape)")
    var hidden = hidden
    return stack(
      (0..<inputs.shape[0]).map { t in
        hidden = step(inputs.sliced(along: 0, at: t), from: hidden)
        return hidden
      })
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("input", &input)
    visitor.visit("recurrent", &recurrent)
    visitor.visit("bias", &bias)
  }
}
