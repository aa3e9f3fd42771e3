public import Learning
public import Tensors

/// A network of the context: one hidden tanh layer on the centered input.
///
/// Mnih and Gregor (2014) use 100 units. Needs a context of shape `batch + [inputs]`.
public struct NetworkBaseline: Baseline {
  /// Subtracted from the context: the mean of the data.
  public var center: Tensor
  public var hidden: Linear
  public var output: Linear

  /// Traps unless the center has one axis.
  ///
  /// - Parameter center: the mean of the context, of shape [inputs].
  public init(
    center: Tensor, units: Int = 100, using generator: inout some RandomNumberGenerator
  ) {
    require(center.rank == 1, "a center of shape \(center.shape) where [inputs] is needed")
    self.center = center
    hidden = Linear(inputs: center.count, outputs: units, using: &generator)
    output = Linear(inputs: units, outputs: 1, using: &generator)
  }

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor {
    guard let context else { fatalError("a baseline network needs a context") }
    let units = context.squashedAffine(hidden.weight, hidden.bias, centeredBy: center)
    return output(units).reshaped(Array(context.shape.dropLast()))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("centre", &center, .tracked)
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }
}
