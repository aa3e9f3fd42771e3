import CKernels

/// A block of scalars from the pool of the calling thread.
///
/// The memory is uninitialized. Nothing outside takes the pointer from a property: a release build
/// may end the lifetime of the object before the last use of such a pointer.
package final class Storage: @unchecked Sendable {
  /// Only `Pointers.swift` takes it.
  let base: UnsafeMutablePointer<Scalar>
  package let count: Int

  package init(count: Int) {
    guard let memory = dk_allocate(Swift.max(count, 1) * MemoryLayout<Scalar>.stride) else {
      fatalError("out of memory: \(count) scalars")
    }
    self.base = memory.assumingMemoryBound(to: Scalar.self)
    self.count = count
  }

  deinit {
    dk_release(base, Swift.max(count, 1) * MemoryLayout<Scalar>.stride)
  }

  package func withPointer<R, E: Error>(
    _ body: (UnsafeMutablePointer<Scalar>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    return try body(base)
  }
}
