public import Tensors

/// One number B, learned by descent on (f - B)^2 with the optimizer of the model.
public struct ConstantBaseline: Baseline {
  /// The number, of rank 0.
  public var value: Tensor

  public init(initial: Scalar = 0) { value = Tensor(initial) }

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor { value }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("value", &value)
  }
}

extension Baseline where Self == ConstantBaseline {
  /// One number, learned by descent.
  public static func constant(initial: Scalar = 0) -> ConstantBaseline {
    ConstantBaseline(initial: initial)
  }
}
