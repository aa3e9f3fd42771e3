import CKernels

extension Tensor {
  /// The places of each row of the last axis in descending order; equal ones keep their order.
  package func descendingOrder() -> Indices {
    let n = shape[rank - 1]
    return Indices(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      contiguous().withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.descending(count / n, n, n, source, target)
      }
    }
  }
}
