import CKernels

extension Tensor {
  /// The inner product with another tensor over the last `count` axes, which both have; leading
  /// axes are broadcast.
  ///
  /// - Complexity: one pass over both, without their product in memory.
  public func dot(_ other: Tensor, overLast count: Int) -> Tensor {
    require(
      count >= 0 && count <= Swift.min(rank, other.rank)
        && shape.suffix(count) == other.shape.suffix(count),
      "the inner product of \(shape) and \(other.shape) over \(count) axes")
    let leading = Shape.broadcast(Array(shape.dropLast(count)), Array(other.shape.dropLast(count)))
    let whole = leading + shape.suffix(count)
    let (a, b) = (broadcast(to: whole), other.broadcast(to: whole))
    let n = whole.suffix(count).reduce(1, *)
    let value = Tensor(shape: leading) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      a.contiguous().withPointer { a in
        b.contiguous().withPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          Kernels.dot(buffer.count, n, a, b, target)
        }
      }
    }
    return value.recording(a, b) { context in
      let spread = context.cotangent.reshaped(leading + [Int](repeating: 1, count: count))
      return [
        context.cotangent(of: 0) { spread * context.inputs[1] },
        context.cotangent(of: 1) { spread * context.inputs[0] },
      ]
    }
  }
}
