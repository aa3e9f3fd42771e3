extension Tensor {
  /// This value, carrying the loss of somebody else to the backward pass.
  ///
  /// The passenger's cotangent is exactly one, once, however the result is used: scaled, negated or
  /// added up, it does not matter. An estimator trains its own state this way. The passenger should
  /// depend on that state only: whatever else it depends on gets its gradient too, unscaled.
  ///
  /// - Parameter passenger: a loss of any shape, whose sum is descended.
  public func carrying(_ passenger: Tensor) -> Tensor {
    detached().recording([self, passenger]) { context in
      [context.cotangent, .ones(like: context.inputs[1])]
    }
  }

  /// This value, whose gradient with respect to `parameter` is given instead of derived, beside its
  /// own.
  ///
  /// - Parameters:
  ///   - gradient: of each scalar of this tensor, of shape `shape + event`: the shape of
  ///     `parameter`.
  ///   - parameter: of shape `shape + event`.
  public func pulling(_ gradient: Tensor, into parameter: Tensor) -> Tensor {
    require(
      gradient.shape == parameter.shape && parameter.shape.starts(with: shape),
      "gradient \(gradient.shape) of values \(shape) pulled into a parameter \(parameter.shape)")
    let event = parameter.rank - rank
    return detached().recording([self, parameter, gradient]) { context in
      let expanded = context.cotangent.reshaped(
        context.cotangent.shape + [Int](repeating: 1, count: event))
      return [context.cotangent, expanded * context.inputs[2], nil]
    }
  }
}
