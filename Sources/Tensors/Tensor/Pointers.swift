// Pointers for kernels, several at a time, so that operands do not nest.

/// An operand that a kernel reads through a pointer: a tensor, or an optional one.
package protocol KernelInput {
  associatedtype Pointer
  /// Valid only while the tensor is kept alive, which `Tensor.reading` does.
  var base: Pointer { get }
}

/// A result that a kernel writes through a pointer: a tensor of this shape, or of an optional one.
package protocol KernelOutput {
  associatedtype Written
  associatedtype Pointer
  func allocated() -> Written
  /// Valid only while the result is kept alive, which `Tensor.writing` does.
  static func base(of result: Written) -> Pointer
}

extension Tensor: KernelInput {
  package var base: UnsafePointer<Scalar> { UnsafePointer(storage.base + offset) }

  /// Calls `body` with a pointer to the first scalar of each operand.
  ///
  /// Operands are not brought into row-major order: a kernel without strides needs contiguous ones.
  package static func reading<each Input: KernelInput, Result>(
    _ inputs: repeat each Input, in body: (repeat (each Input).Pointer) -> Result
  ) -> Result {
    withExtendedLifetime((repeat each inputs)) { body(repeat (each inputs).base) }
  }

  /// Tensors of these shapes that `body` writes, all of their scalars; without a gradient.
  ///
  /// The pointers are valid where a shape has no scalars too. An optional shape of `nil` gives
  /// `nil`.
  package static func writing<each Output: KernelOutput>(
    _ shapes: repeat each Output, by body: (repeat (each Output).Pointer) -> Void
  ) -> (repeat (each Output).Written) {
    let results = (repeat (each shapes).allocated())
    body(repeat (each Output).base(of: each results))
    return results
  }
}

extension [Int]: KernelOutput {
  package func allocated() -> Tensor {
    Tensor(shape: self, storage: Storage(count: Shape.count(self)), offset: 0, viewStrides: nil)
  }

  package static func base(of result: Tensor) -> UnsafeMutablePointer<Scalar> {
    result.storage.base + result.offset
  }
}

extension Optional: KernelInput where Wrapped: KernelInput {
  package var base: Wrapped.Pointer? { map(\.base) }
}

extension Optional: KernelOutput where Wrapped: KernelOutput {
  package func allocated() -> Wrapped.Written? { map { $0.allocated() } }

  package static func base(of result: Wrapped.Written?) -> Wrapped.Pointer? {
    result.map { Wrapped.base(of: $0) }
  }
}
