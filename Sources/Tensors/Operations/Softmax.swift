import CKernels

extension Tensor {
  /// exp(x) over its sum along an axis.
  public func softmax(along axis: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis, Kernels.softmax).recording(self) { context in
      guard context.isDifferentiated else {
        return [context.output.alongAxis(axis, with: context.cotangent, Kernels.softmaxBackward)]
      }
      let weighted = context.cotangent * context.output
      return [
        weighted - context.output * weighted.sum(along: axis, keepingDimensions: true)
      ]
    }
  }

  /// The logarithm of the softmax along an axis, without underflow.
  public func logSoftmax(along axis: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis, Kernels.logSoftmax).recording(self) { context in
      guard context.isDifferentiated else {
        return [context.output.alongAxis(axis, with: context.cotangent, Kernels.logSoftmaxBackward)]
      }
      let total = context.cotangent.sum(along: axis, keepingDimensions: true)
      return [context.cotangent - context.output.exp() * total]
    }
  }

  /// Applies a kernel over [outer, size, inner] that keeps the shape.
  package func alongAxis(
    _ axis: Int,
    _ kernel: (Int, Int, Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) -> Tensor {
    let (outer, size, inner) = Shape.split(shape, at: axis)
    return Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        kernel(outer, size, inner, source, target)
      }
    }
  }

  /// Applies a kernel of two operands of this shape.
  private func alongAxis(
    _ axis: Int, with other: Tensor,
    _ kernel: (
      Int, Int, Int, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) -> Void
  ) -> Tensor {
    other.withPointer { other in
      alongAxis(axis) { outer, size, inner, source, target in
        guard let other = other.baseAddress else { return }
        kernel(outer, size, inner, source, other, target)
      }
    }
  }
}
