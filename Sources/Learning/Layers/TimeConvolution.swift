public import Tensors

/// Filters over neighboring steps, each of which keeps its largest response, rectified.
///
/// Kim (2014), Convolutional neural networks for sentence classification.
public struct TimeConvolution: Parameterized, Sendable {
  /// Shape [filters, width inputs].
  public var weight: Tensor
  /// Shape [filters].
  public var bias: Tensor
  /// Number of steps that a filter sees.
  public let width: Int

  /// Weights N(0, deviation²), biases `bias`.
  ///
  /// Traps unless the sizes are positive.
  public init(
    width: Int, inputs: Int, filters: Int, deviation: Scalar = 0.1, bias: Scalar = 0.1,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      width > 0 && inputs > 0 && filters > 0,
      "\(filters) filters over \(width) steps of \(inputs) inputs")
    self.width = width
    weight = .randomNormal([filters, width * inputs], using: &generator) * deviation
    self.bias = .full(bias, [filters])
  }

  /// The largest responses, [rows, filters], of inputs [rows, steps, inputs]; traps if the steps
  /// are fewer than the width.
  ///
  /// - Complexity: O(steps width inputs filters) for each row, O(width inputs filters) on the way
  ///   back; the memory of width copies of the inputs.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    require(
      input.rank == 3 && input.shape[1] >= width
        && input.shape[2] * width == weight.shape[1],
      "filters over \(width) steps, weights \(weight.shape), on inputs \(input.shape)")
    // The rectifier and the bias grow with the response, so they may wait until the largest is
    // found.
    return (input.largestResponses(to: weight) + bias).relu()
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }
}
