import CKernels

extension Tensor {
  /// Calls `body` with the scalars in row-major order, copying first only when this is a view in
  /// another order.
  public func withPointer<R, E: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(E) -> R
  ) throws(E) -> R {
    let plain = contiguous()
    return try plain.storage.withPointer { (base) throws(E) in
      try body(UnsafeBufferPointer(start: base + plain.offset, count: plain.count))
    }
  }

  /// Calls `body` with the scalars to be changed in place; copies first when the storage is shared
  /// or a view.
  ///
  /// The result has no gradient: a changed value is no longer what its operation computed.
  public mutating func withMutablePointer<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> R
  ) throws(E) -> R {
    node = nil
    bits = nil
    if !isContiguous || !isKnownUniquelyReferenced(&storage) {
      self = copied()
    }
    return try storage.withPointer { (base) throws(E) in
      try body(UnsafeMutableBufferPointer(start: base + offset, count: count))
    }
  }

  /// The scalars in row-major order.
  public var scalars: [Scalar] { withPointer { Array($0) } }

  /// The only scalar; traps unless there is exactly one.
  public var item: Scalar {
    require(count == 1, "item of a tensor of shape \(shape)")
    return storage.withPointer { $0[offset] }
  }

  /// A pointer to the first scalar, for kernels that take strides.
  package func withBase<R>(_ body: (UnsafePointer<Scalar>) -> R) -> R {
    storage.withPointer { body(UnsafePointer($0 + offset)) }
  }

  /// The same values in row-major order, without a gradient.
  package func contiguous() -> Tensor { isContiguous ? detached() : copied() }

  private func copied() -> Tensor {
    Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      withBase { Kernels.copy(rank, shape, $0, strides, target) }
    }
  }
}
