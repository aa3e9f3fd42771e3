package import CKernels

// Reductions over one axis, a list of axes, or all of them. A reduced axis vanishes unless its dimension is kept.

extension Tensor {
  package func reduced(_ operation: dk_reduction, along axis: Int) -> Tensor {
    let (outer, size, inner) = Shape.split(shape, at: axis)
    var result = shape
    result[axis] = 1
    return Tensor(shape: result) { buffer in
      guard let target = buffer.baseAddress else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.reduce(operation, outer, size, inner, source, target)
      }
    }
  }

  package func dropping(_ axis: Int, unless keep: Bool) -> Tensor {
    if keep { return self }
    var result = shape
    result.remove(at: axis)
    return reshaped(result)
  }

  /// The sum along an axis; zero if the axis is empty.
  public func sum(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let value = reduced(.sum, along: axis).recording([self]) { context in
      [context.cotangent.broadcast(to: context.inputs[0].shape)]
    }
    return value.dropping(axis, unless: keep)
  }

  /// The sum along several axes.
  public func sum(along axes: [Int], keepingDimensions keep: Bool = false) -> Tensor {
    let sorted = axes.map { Shape.axis($0, rank: rank) }.sorted(by: >)
    return sorted.reduce(self) { $0.sum(along: $1, keepingDimensions: keep) }
  }

  /// The sum of all scalars, of rank 0.
  public func sum() -> Tensor {
    reshaped([count]).sum(along: 0)
  }

  /// The mean along an axis; traps if the axis is empty.
  public func mean(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let size = shape[Shape.axis(axis, rank: rank)]
    precondition(size > 0, "mean along the empty axis \(axis) of \(shape)")
    return sum(along: axis, keepingDimensions: keep) * (1 / Scalar(size))
  }

  /// The mean of all scalars, of rank 0; traps if there are none.
  public func mean() -> Tensor {
    precondition(count > 0, "mean of a tensor of shape \(shape)")
    return sum() * (1 / Scalar(count))
  }

  /// The variance along an axis, dividing by the size less `correction`.
  public func variance(
    along axis: Int, correction: Int = 0, keepingDimensions keep: Bool = false
  ) -> Tensor {
    let size = shape[Shape.axis(axis, rank: rank)]
    precondition(size > correction, "variance along axis \(axis) of \(shape)")
    let centred = self - mean(along: axis, keepingDimensions: true)
    return centred.squared().sum(along: axis, keepingDimensions: keep)
      * (1 / Scalar(size - correction))
  }

  /// The product along an axis; one if the axis is empty.
  ///
  /// The gradient divides by the factors, so none of them may be zero where it is wanted.
  public func product(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let value = reduced(.product, along: axis).recording([self]) { context in
      [context.cotangent * context.output / context.inputs[0]]
    }
    return value.dropping(axis, unless: keep)
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
    let value = reduced(operation, along: axis).recording([self]) { context in
      let chosen = context.inputs[0].detached() .== context.output.detached()
      let share = chosen / chosen.sum(along: axis, keepingDimensions: true)
      return [context.cotangent * share]
    }
    return value.dropping(axis, unless: keep)
  }

  /// The place of the largest scalar along an axis, the first of equal ones.
  public func argmax(along axis: Int) -> Indices {
    let axis = Shape.axis(axis, rank: rank)
    let (outer, size, inner) = Shape.split(shape, at: axis)
    precondition(size > 0, "argmax along the empty axis \(axis) of \(shape)")
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

  /// log(sum(exp(x))) along an axis, without overflow; -infinity if the axis is empty or all -infinity.
  public func logSumExp(along axis: Int, keepingDimensions keep: Bool = false) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    let (outer, size, inner) = Shape.split(shape, at: axis)
    var result = shape
    result[axis] = 1
    let value = Tensor(shape: result) { buffer in
      guard let target = buffer.baseAddress else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.logSumExp(outer, size, inner, source, target)
      }
    }
    return value.recording([self]) { context in
      [context.cotangent * context.inputs[0].softmax(along: axis)]
    }
    .dropping(axis, unless: keep)
  }
}
