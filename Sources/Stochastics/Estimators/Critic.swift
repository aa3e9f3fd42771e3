public import Learning
public import Tensors

/// A network of relaxed points, and of a context if there is one: one hidden tanh layer, its output
/// scaled from zero.
public struct Critic: Parameterized, Sendable {
  public var hidden: Linear
  public var output: Linear
  /// The factor of the output; zero at first.
  public var scale: Tensor = 0
  public var logTemperature: Tensor

  /// Traps unless the temperature is positive.
  ///
  /// - Parameters:
  ///   - inputs: scalars of a point.
  ///   - contextSize: scalars of the context, 0 for none.
  public init(
    inputs: Int, contextSize: Int = 0, units: Int = 10, temperature: Double = 0.5,
    using generator: inout some RandomNumberGenerator
  ) {
    requirePositive(temperature: temperature)
    hidden = Linear(inputs: inputs + contextSize, outputs: units, using: &generator)
    output = Linear(inputs: units, outputs: 1, using: &generator)
    logTemperature = Tensor(Scalar(temperature)).log()
  }

  /// Values [samples] + batch of points [samples] + batch + event.
  func callAsFunction(_ points: Tensor, eventRank: Int, given context: Tensor?) -> Tensor {
    let leading = Array(points.shape.dropLast(eventRank))
    let width = points.shape.suffix(eventRank).reduce(1, *)
    var input = points.reshaped(leading + [width]) * 2 - 1
    if let context, hidden.weight.shape[0] > width {
      let size = hidden.weight.shape[0] - width
      input = concatenate([input, context.broadcast(to: leading + [size])], along: -1)
    }
    return output(hidden(input).tanh()).reshaped(leading) * scale
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
    visitor.visit("scale", &scale)
    visitor.visit("logTemperature", &logTemperature)
  }
}
