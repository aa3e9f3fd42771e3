/// One trained tensor as a model of its own: logits to descend on, without a type that holds them.
public struct Parameter: Parameterized, Sendable {
  public var value: Tensor
  /// The name of the tensor in a checkpoint.
  public let name: String

  public init(_ value: Tensor, named name: String = "value") {
    self.value = value
    self.name = name
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(name, &value)
  }
}
