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
  /// Calls `body` with the full name, the tensor in place and the role of every parameter, in the
  /// order of the walk.
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

  /// Calls `body` with every tensor in place, and with that of `other` at the same place of the
  /// walk.
  ///
  /// Traps unless the tensors of `other` have the same number and shapes.
  public mutating func forEachParameter(
    with other: Self, _ body: (inout Tensor, Tensor, Role) -> Void
  ) {
    var copy = other
    var others: [Tensor] = []
    copy.forEachParameter { tensor, _ in others.append(tensor) }
    var place = 0
    forEachParameter { tensor, role in
      require(
        place < others.count && others[place].shape == tensor.shape,
        "tensor \(place) of shape \(tensor.shape), its partner one of \(others.map(\.shape))")
      body(&tensor, others[place], role)
      place += 1
    }
    require(place == others.count, "\(place) tensors walked with \(others.count)")
  }

  /// Moves every tensor a share of the way to that of `other`: an exponential average of weights.
  ///
  /// Traps unless the share is in 0...1 and the shapes agree; the result has no gradient.
  public mutating func move(toward other: Self, by share: Scalar) {
    require(share >= 0 && share <= 1, "a share of \(share) of the way")
    forEachParameter(with: other) { tensor, target, _ in
      tensor = tensor.detached() * (1 - share) + target.detached() * share
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
