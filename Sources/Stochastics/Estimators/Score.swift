package import Tensors

extension Tensor {
  /// This cost, whose gradient also has the score: the gradient of a log-probability times a
  /// weight.
  ///
  /// All three have the shape `[samples] + batch`. The value is the cost; the weight is a constant
  /// to the backward pass.
  package func scored(by logProbability: Tensor, weight: Tensor) -> Tensor {
    let constant = weight.detached()
    return detached().recording([self, logProbability]) { context in
      [context.cotangent, context.cotangent(of: 1) { context.cotangent * constant }]
    }
  }
}
