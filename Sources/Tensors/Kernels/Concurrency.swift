import CKernels

/// Calls `body` for every number below `count`, on several threads; calls must be independent.
package func concurrently(_ count: Int, _ body: (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    withUnsafePointer(to: body) { pointer in
      dk_parallel(
        count,
        { context, task in
          context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(task)
        }, UnsafeMutableRawPointer(mutating: pointer))
    }
  }
}

/// What `body` gives for every number below `count`, computed on several threads.
package func concurrentMap<Value: Sendable>(_ count: Int, _ body: (Int) -> Value) -> [Value] {
  [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let base = buffer.baseAddress {
      concurrently(count) { (base + $0).initialize(to: body($0)) }
    }
    initialized = count
  }
}
