/// Integers in a shape: places of classes, rows or items.
public struct Indices: Sendable, Hashable {
  /// Sizes, outermost axis first.
  public let shape: [Int]
  /// The integers in row-major order.
  public let values: [Int32]

  /// Indices whose integers `initialize` writes, all of them.
  public init(
    shape: [Int], initializingWith initialize: (UnsafeMutableBufferPointer<Int32>) -> Void
  ) {
    self.shape = shape
    let count = Shape.count(shape)
    self.values = [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialize(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  /// Indices from integers in row-major order; traps unless their number is that of the shape.
  public init(_ values: [Int], shape: [Int]) {
    require(
      values.count == Shape.count(shape), "\(values.count) integers do not fill shape \(shape)")
    self.shape = shape
    self.values = values.map(Int32.init)
  }

  /// Number of integers.
  public var count: Int { values.count }

  /// The same integers in another shape.
  public func reshaped(_ newShape: [Int]) -> Indices {
    require(Shape.count(newShape) == count, "\(count) integers do not fill \(newShape)")
    return Indices(shape: newShape, values: values)
  }

  private init(shape: [Int], values: [Int32]) {
    self.shape = shape
    self.values = values
  }

  package func withPointer<R>(_ body: (UnsafePointer<Int32>) -> R) -> R {
    values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        return withUnsafePointer(to: Int32(0)) { body($0) }
      }
      return body(base)
    }
  }

  package func check(below bound: Int) {
    for value in values {
      require(value >= 0 && value < bound, "index \(value) is not in 0..<\(bound)")
    }
  }
}
