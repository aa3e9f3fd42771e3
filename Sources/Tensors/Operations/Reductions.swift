import CKernels

// Reductions over one axis, a list of axes, or all of them. A reduced axis vanishes unless its
// dimension is kept.

extension Tensor {
  /// A kernel over [outer, size, inner] that leaves [outer, inner], without a gradient.
  private func reduced(
    along axis: Int, keepingDimensions keep: Bool,
    _ kernel: (Int, Int, Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) -> Tensor {
    let (outer, size, inner) = Shape.split(shape, at: axis)
    return Tensor(shape: Shape.reduced(shape, along: axis, keepingDimensions: keep)) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        kernel(outer, size, inner, source, target)
      }
    }
  }

  private func reduced(
    _ operation: dk_reduction, along axis: Int, keepingDimensions keep: Bool
  ) -> Tensor {
    reduced(along: axis, keepingDimensions: keep) { Kernels.reduce(operation, $0, $1, $2, $3, $4) }
  }

  /// The sum along an axis; zero if the axis is empty.
  public func sum(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return reduced(.sum, along: axis, keepingDimensions: keep).recording(self) { context in
      let whole = context.inputs[0].shape
      let kept = Shape.reduced(whole, along: axis, keepingDimensions: true)
      return [context.cotangent.reshaped(kept).broadcast(to: whole)]
    }
  }

  /// The sum along several axes.
  public func sum(along axes: [Int], keepingDimensions keep: Bool = false) -> Tensor {
    let sorted = axes.map { Shape.axis($0, rank: rank) }.sorted(by: >)
    require(Set(sorted).count == axes.count, "axes \(axes) name one twice")
    return sorted.reduce(self) { $0.sum(along: $1, keepingDimensions: keep) }
  }

  /// The sum of all scalars, of rank 0.
  public func sum() -> Tensor {
    let value = Tensor(shape: []) { buffer in
      guard let target = buffer.baseAddress else { return }
      withPointer { source in
        guard let base = source.baseAddress else { return }
        Kernels.reduce(.sum, 1, source.count, 1, base, target)
      }
    }
    return value.recording(self) { [$0.cotangent.broadcast(to: $0.inputs[0].shape)] }
  }

  /// The mean along an axis; traps if the axis is empty.
  public func mean(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let size = shape[Shape.axis(axis, rank: rank)]
    require(size > 0, "mean along the empty axis \(axis) of \(shape)")
    return sum(along: axis, keepingDimensions: keep) * (1 / Scalar(size))
  }

  /// The mean of all scalars, of rank 0; traps if there are none.
  public func mean() -> Tensor {
    require(count > 0, "mean of a tensor of shape \(shape)")
    return sum() * (1 / Scalar(count))
  }

  /// The variance along an axis, dividing by the size less `correction`.
  public func variance(
    along axis: Int, correction: Int = 0, keepingDimensions keep: Bool = false
  ) -> Tensor {
    let size = shape[Shape.axis(axis, rank: rank)]
    require(size > correction, "variance along axis \(axis) of \(shape)")
    let centered = self - mean(along: axis, keepingDimensions: true)
    return centered.squared().sum(along: axis, keepingDimensions: keep)
      * (1 / Scalar(size - correction))
  }

  /// The product along an axis; one if the axis is empty.
  ///
  /// The gradient multiplies the other factors, so zeros do no harm; it takes one operation for
  /// each index of the axis.
  public func product(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return reduced(.product, along: axis, keepingDimensions: keep).recording(self) { context in
      let x = context.inputs[0]
      let kept = Shape.reduced(x.shape, along: axis, keepingDimensions: true)
      return [context.cotangent.reshaped(kept) * x.productOfOthers(along: axis)]
    }
  }

  /// For each scalar the product of all others along the axis.
  private func productOfOthers(along axis: Int) -> Tensor {
    let size = shape[axis]
    guard size > 1 else { return .ones(shape) }
    let factors = (0..<size).map { sliced(along: axis, $0..<($0 + 1)) }
    var before = [Tensor.ones(like: factors[0])]
    for factor in factors.dropLast() { before.append(before[before.count - 1] * factor) }
    var results = before
    var after = Tensor.ones(like: factors[0])
    for index in factors.indices.reversed() {
      results[index] = before[index] * after
      after = after * factors[index]
    }
    return concatenate(results, along: axis)
  }

  /// The largest scalar along an axis, -infinity if it is empty; equal ones share the gradient.
  public func max(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    extremum(.maximum, along: axis, keepingDimensions: keep)
  }

  /// The smallest scalar along an axis, infinity if it is empty; equal ones share the gradient.
  public func min(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    extremum(.minimum, along: axis, keepingDimensions: keep)
  }

  private func extremum(
    _ operation: dk_reduction, along axis: Int, keepingDimensions keep: Bool
  ) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return reduced(operation, along: axis, keepingDimensions: keep).recording(self) { context in
      let x = context.inputs[0]
      let kept = Shape.reduced(x.shape, along: axis, keepingDimensions: true)
      let chosen = x .== context.output.reshaped(kept)
      let share = chosen / chosen.sum(along: axis, keepingDimensions: true)
      return [context.cotangent.reshaped(kept) * share]
    }
  }

  /// The place of the largest scalar along an axis, the first of equal ones.
  public func argmax(along axis: Int) -> Indices {
    let axis = Shape.axis(axis, rank: rank)
    let (outer, size, inner) = Shape.split(shape, at: axis)
    require(size > 0, "argmax along the empty axis \(axis) of \(shape)")
    var result = shape
    result.remove(at: axis)
    return Indices(shape: result) { target in
      guard let target = target.baseAddress else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.argmax(outer, size, inner, source, target)
      }
    }
  }

  /// log(sum(exp(x))) along an axis, without overflow; -infinity if the axis is empty or all
  /// -infinity.
  public func logSumExp(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let value = reduced(along: axis, keepingDimensions: keep, Kernels.logSumExp)
    return value.recording(self) { context in
      let x = context.inputs[0]
      let kept = Shape.reduced(x.shape, along: axis, keepingDimensions: true)
      let cotangent = context.cotangent.reshaped(kept)
      if context.output.allFinite { return [cotangent * x.softmax(along: axis)] }
      // A line of nothing but -infinity gets zeros; its softmax would be NaN.
      let alive = context.output.reshaped(kept) .> Tensor(-Scalar.infinity)
      return [select(alive, cotangent, 0) * select(alive, x, 0).softmax(along: axis)]
    }
  }
}
