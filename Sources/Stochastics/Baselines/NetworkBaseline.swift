public import Learning
public import Tensors

/// A network of the context: one hidden tanh layer on the centred input.
///
/// Mnih and Gregor (2014) use 100 units. Needs a context of shape `batch + [inputs]`.
public struct NetworkBaseline: Baseline {
  /// Subtracted from the context: the mean of the data.
  public var centre: Tensor
  public var hidden: Linear
  public var output: Linear

  /// Traps unless the centre has one axis.
  ///
  /// - Parameter centre: the mean of the context, of shape [inputs].
  public init(
    centre: Tensor, units: Int = 100, using generator: inout some RandomNumberGenerator
  ) {
    require(centre.rank == 1, "a centre of shape \(centre.shape) where [inputs] is needed")
    self.centre = centre
    hidden = Linear(inputs: centre.count, outputs: units, using: &generator)
    output = Linear(inputs: units, outputs: 1, using: &generator)
  }

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor {
    guard let context else { fatalError("a baseline network needs a context") }
    let units = context.affine(hidden.weight, hidden.bias, centeredBy: centre).tanh()
    return output(units).reshaped(Array(context.shape.dropLast()))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("centre", &centre, .tracked)
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }
}
