public import Tensors

/// A layer that mixes its input with a rectified map of it, by a gate for every unit.
///
/// t relu(x W + b) + (1 - t) x with t = sigmoid(x V + d). Srivastava, Greff and Schmidhuber (2015),
/// Highway networks.
public struct Highway: Parameterized, Sendable {
  public var map: Linear
  public var gate: Linear

  /// - Parameter gateBias: the gate's bias at the start; a negative one lets the input through.
  public init(
    units: Int, gateBias: Scalar = -2, using generator: inout some RandomNumberGenerator
  ) {
    map = Linear(inputs: units, outputs: units, using: &generator)
    gate = Linear(inputs: units, outputs: units, using: &generator)
    gate.bias = .full(gateBias, [units])
  }

  /// Outputs in the shape of the inputs, [..., units].
  public func callAsFunction(_ x: Tensor) -> Tensor { x + gate(x).sigmoid() * (map(x).relu() - x) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("map", &map)
    visitor.visit("gate", &gate)
  }
}
