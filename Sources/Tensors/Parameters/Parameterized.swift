/// The role of a named tensor of a model: trained tensors get gradients, tracked ones (running
/// means) are only saved.
public enum Role: Sendable { case trained, tracked }

/// Sees every tensor of a model, by name and in place.
public protocol ParameterVisitor {
  mutating func visit(_ name: String, _ parameter: inout Tensor, _ role: Role)
  mutating func enter(_ name: String)
  mutating func leave()
}

/// Has named tensors: one explicit walk serves training, saving, restoring and counting.
public protocol Parameterized {
  mutating func visitParameters(_ visitor: inout some ParameterVisitor)
}

extension ParameterVisitor {
  /// Visits a trained tensor.
  public mutating func visit(_ name: String, _ parameter: inout Tensor) {
    visit(name, &parameter, .trained)
  }

  /// Visits the tensors of a part; their names are prefixed with `name` and a dot.
  public mutating func visit(_ name: String, _ child: inout some Parameterized) {
    enter(name)
    defer { leave() }
    child.visitParameters(&self)
  }

  /// Visits the tensors of a part that may be absent.
  public mutating func visit(_ name: String, _ child: inout (some Parameterized)?) {
    enter(name)
    defer { leave() }
    child?.visitParameters(&self)
  }

  /// Visits the parts of a list, named by their index.
  public mutating func visit(_ name: String, _ children: inout [some Parameterized]) {
    enter(name)
    defer { leave() }
    for index in children.indices {
      enter(String(index))
      children[index].visitParameters(&self)
      leave()
    }
  }
}

/// Has no tensors.
public protocol Stateless: Parameterized {}

extension Stateless {
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {}
}
