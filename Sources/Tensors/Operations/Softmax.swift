extension Tensor {
  /// exp(x) over its sum along an axis.
  public func softmax(along axis: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis, Kernels.softmax).recording([self]) { context in
      let weighted = context.cotangent * context.output
      return [
        weighted - context.output * weighted.sum(along: axis, keepingDimensions: true)
      ]
    }
  }

  /// The logarithm of the softmax along an axis, without underflow.
  public func logSoftmax(along axis: Int) -> Tensor {
    let axis = Shape.axis(axis, rank: rank)
    return alongAxis(axis, Kernels.logSoftmax).recording([self]) { context in
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
}
