public import Tensors

/// A recurrent layer with gates that keep, add to and show its cell.
///
/// i, f, o = sigmoid(x W + h U + b), g = tanh(x W + h U + b), c' = f c + i g, h' = o tanh(c'); the
/// gates stand in the order i, f, o, g. Hochreiter and Schmidhuber (1997), Long short-term memory;
/// Gers et al. (2000) for the forget gate.
public struct LSTM: Parameterized, Sendable {
  /// Shape [inputs, 4 units].
  public var input: Tensor
  /// Shape [units, 4 units].
  public var recurrent: Tensor
  /// Shape [4 units].
  public var bias: Tensor

  /// The tensors that are carried from step to step, both of shape [rows, units].
  public struct State: Sendable {
    public var hidden: Tensor
    public var cell: Tensor

    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }

    /// The rows at some places, which may repeat.
    public func gathering(_ rows: Indices) -> State {
      State(hidden: hidden.gathering(rows, along: 0), cell: cell.gathering(rows, along: 0))
    }
  }

  /// Weights and biases N(0, deviation²).
  ///
  /// Traps unless the sizes are positive and the deviation is not negative.
  public init(
    inputs: Int, units: Int, deviation: Scalar = 0.1,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      inputs > 0 && units > 0 && deviation >= 0,
      "an LSTM of \(units) units on \(inputs) inputs, deviation \(deviation)")
    input = .randomNormal([inputs, 4 * units], using: &generator) * deviation
    recurrent = .randomNormal([units, 4 * units], using: &generator) * deviation
    bias = .randomNormal([4 * units], using: &generator) * deviation
  }

  /// Number of units.
  public var units: Int { recurrent.shape[0] }

  /// The state before the first step: zeros.
  public func initialState(rows: Int) -> State {
    State(hidden: .zeros([rows, units]), cell: .zeros([rows, units]))
  }

  /// The state after one step of inputs [rows, inputs].
  public func step(_ x: Tensor, from state: State) -> State {
    callAsFunction(x.expandingDimensions(at: 0), from: state).last
  }

  /// The hidden states of every step, [steps, rows, units], of inputs [steps, rows, inputs], and
  /// the last state.
  ///
  /// - Complexity: one product for the inputs of all steps, one per step for the hidden state; the
  ///   way back takes twice that.
  public func callAsFunction(
    _ inputs: Tensor, from state: State
  ) -> (hidden: Tensor, last: State) {
    require(
      inputs.rank == 3 && inputs.shape[0] > 0 && inputs.shape[2] == input.shape[0],
      "an LSTM of \(input.shape[0]) inputs on \(inputs.shape)")
    let steps = inputs.shape[0]
    let all = inputs.affine(input, bias)
      .lstm(recurrent, hidden: state.hidden, cell: state.cell)
    let hidden = all.sliced(along: 0, at: 0)
    let cells = all.sliced(along: 0, at: 1)
    return (
      hidden,
      State(
        hidden: hidden.sliced(along: 0, at: steps - 1), cell: cells.sliced(along: 0, at: steps - 1))
    )
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("input", &input)
    visitor.visit("recurrent", &recurrent)
    visitor.visit("bias", &bias)
  }
}
