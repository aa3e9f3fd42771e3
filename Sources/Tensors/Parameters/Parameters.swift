/// A tensor of a model under its full name, such as `encoder.0.weight`.
public struct NamedParameter: Sendable {
  public let name: String
  public let tensor: Tensor
  public let role: Role
}

private struct PathVisitor: ParameterVisitor {
  var path: [String] = []
  let body: (String, inout Tensor, Role) -> Void

  mutating func visit(_ name: String, _ parameter: inout Tensor, _ role: Role) {
    path.append(name)
    body(path.joined(separator: "."), &parameter, role)
    path.removeLast()
  }
  mutating func enter(_ name: String) { path.append(name) }
  mutating func leave() { path.removeLast() }
}

private struct PlainVisitor: ParameterVisitor {
  let body: (inout Tensor, Role) -> Void

  mutating func visit(_ name: String, _ parameter: inout Tensor, _ role: Role) {
    body(&parameter, role)
  }
  mutating func enter(_ name: String) {}
  mutating func leave() {}
}

extension Parameterized {
  /// Calls `body` with the full name, the tensor in place and the role of every parameter, in the order of the walk.
  public mutating func forEachNamedParameter(_ body: (String, inout Tensor, Role) -> Void) {
    withoutActuallyEscaping(body) { body in
      var visitor = PathVisitor(body: body)
      visitParameters(&visitor)
    }
  }

  /// Calls `body` with every tensor in place; cheaper than the named walk, for the inner loop.
  public mutating func forEachParameter(_ body: (inout Tensor, Role) -> Void) {
    withoutActuallyEscaping(body) { body in
      var visitor = PlainVisitor(body: body)
      visitParameters(&visitor)
    }
  }

  /// The same without a gradient.
  public func detached() -> Self {
    var copy = self
    copy.forEachParameter { tensor, _ in tensor = tensor.detached() }
    return copy
  }

  /// Every parameter with its full name.
  public func namedParameters() -> [NamedParameter] {
    var copy = self
    var result: [NamedParameter] = []
    copy.forEachNamedParameter { name, tensor, role in
      result.append(NamedParameter(name: name, tensor: tensor.detached(), role: role))
    }
    return result
  }

  /// Number of trained scalars.
  public var trainedScalarCount: Int {
    var copy = self
    var count = 0
    copy.forEachParameter { tensor, role in if role == .trained { count += tensor.count } }
    return count
  }
}
