/// A value: scalars in a shape, and, where a gradient is wanted, the operation that made them.
///
/// Copies share storage until one of them is written. Transposes, slices and broadcasts are views;
/// kernels that need row-major order make it themselves. A rank-0 tensor holds one scalar, an axis
/// may have size zero.
public struct Tensor: Sendable {
  /// Sizes, outermost axis first.
  public let shape: [Int]
  package var storage: Storage
  package var offset: Int
  /// Strides in elements; `nil` for row-major order without gaps.
  package var viewStrides: [Int]?
  /// The operation that made this tensor, if its gradient is followed.
  package var node: Node?
  /// Set on tensors of bits, and of their signs.
  package var bits: (pattern: BitPattern, isSigned: Bool)?

  package init(shape: [Int], storage: Storage, offset: Int, viewStrides: [Int]?, node: Node? = nil)
  {
    self.shape = shape
    self.storage = storage
    self.offset = offset
    self.viewStrides = viewStrides
    self.node = node
  }

  /// A row-major tensor whose scalars `initialize` writes, all of them.
  public init<E: Error>(
    shape: [Int],
    initializingWith initialize: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> Void
  ) throws(E) {
    let count = Shape.count(shape)
    let storage = Storage(count: count)
    try storage.withPointer { (base) throws(E) in
      try initialize(UnsafeMutableBufferPointer(start: base, count: count))
    }
    self.init(shape: shape, storage: storage, offset: 0, viewStrides: nil)
  }

  /// A tensor of the given scalars in row-major order; traps unless their number is that of the
  /// shape.
  public init(_ scalars: [Scalar], shape: [Int]) {
    require(
      scalars.count == Shape.count(shape), "\(scalars.count) scalars do not fill shape \(shape)")
    self.init(shape: shape) { buffer in
      _ = buffer.update(from: scalars)
    }
  }

  /// A rank-1 tensor.
  public init(_ scalars: [Scalar]) { self.init(scalars, shape: [scalars.count]) }

  /// A rank-0 tensor.
  public init(_ scalar: Scalar) { self = .full(scalar, []) }

  /// A tensor with every scalar equal to `value`.
  public static func full(_ value: Scalar, _ shape: [Int]) -> Tensor {
    Tensor(shape: shape) { buffer in buffer.update(repeating: value) }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int]) -> Tensor { full(0, shape) }

  /// A tensor of ones.
  public static func ones(_ shape: [Int]) -> Tensor { full(1, shape) }

  /// Zeros in the shape of `other`.
  public static func zeros(like other: Tensor) -> Tensor { zeros(other.shape) }

  /// Ones in the shape of `other`.
  public static func ones(like other: Tensor) -> Tensor { ones(other.shape) }

  /// Number of axes.
  public var rank: Int { shape.count }

  /// Number of scalars.
  public var count: Int { Shape.count(shape) }

  package var isContiguous: Bool { viewStrides == nil }

  package var strides: [Int] { viewStrides ?? Shape.rowMajorStrides(shape) }

  /// The same scalars without a gradient.
  public func detached() -> Tensor {
    var result = self
    result.node = nil
    return result
  }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(Scalar(value)) }
  public init(integerLiteral value: Int) { self.init(Scalar(value)) }
}

extension Tensor: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Scalar...) { self.init(elements) }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = scalars.prefix(16).map { "\($0)" }.joined(separator: ", ")
    return "Tensor(\(shape), [\(shown)\(count > 16 ? ", …" : "")])"
  }
}
