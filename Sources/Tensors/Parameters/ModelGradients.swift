/// The value of a loss, and its gradient as a value of the model's own type.
///
/// Trained parameters become variables for the time of the call; afterwards every tensor of
/// `model`, running means among them, is detached, so that no graph outlives the step. Tracked
/// parameters have gradient zero.
///
/// - Parameter loss: a scalar of the model, which may also advance the model's state.
public func valueWithGradient<Model: Parameterized, E: Error>(
  at model: inout Model, _ loss: (inout Model) throws(E) -> Tensor
) throws(E) -> (value: Scalar, gradient: Model) {
  var variables: [Tensor] = []
  model.forEachParameter { tensor, role in
    tensor = role == .trained ? tensor.variable() : tensor.detached()
    if role == .trained { variables.append(tensor) }
  }
  defer { model.forEachParameter { tensor, _ in tensor = tensor.detached() } }
  let value = try loss(&model)
  require(value.count == 1, "a loss of shape \(value.shape) where a scalar is needed")
  let results = gradients(of: value, withRespectTo: variables)
  var gradient = model
  var next = 0
  gradient.forEachParameter { tensor, role in
    if role == .trained {
      tensor = results[next]
      next += 1
    } else {
      tensor = .zeros(like: tensor)
    }
  }
  return (value.item, gradient)
}

/// The value of a loss, and its gradients with respect to a model and to the estimators that train
/// it.
public func valueWithGradient<Model: Parameterized, Estimators: Parameterized, E: Error>(
  at model: inout Model, _ estimators: inout Estimators,
  _ loss: (inout Model, inout Estimators) throws(E) -> Tensor
) throws(E) -> (value: Scalar, gradient: (Model, Estimators)) {
  var both = Both(first: model, second: estimators)
  defer {
    model = both.first
    estimators = both.second
  }
  let (value, gradient) = try valueWithGradient(at: &both) { (both) throws(E) in
    try loss(&both.first, &both.second)
  }
  return (value, (gradient.first, gradient.second))
}

private struct Both<First: Parameterized, Second: Parameterized>: Parameterized {
  var first: First
  var second: Second

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    first.visitParameters(&visitor)
    second.visitParameters(&visitor)
  }
}
