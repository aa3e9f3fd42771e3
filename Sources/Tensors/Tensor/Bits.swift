/// Hard zeros and ones in a shape, without a gradient: binary data and samples of Bernoulli
/// variables.
///
/// A product with a matrix is a sum of the rows whose bits are set where few are, and else of what
/// is looked up for four bits at once; both beat a dense product.
public struct Bits: Sendable {
  /// The bits as scalars, 0 or 1; products with it are sums of rows, as above.
  public let tensor: Tensor

  /// Bits from a tensor of zeros and ones, which is trusted to hold nothing else.
  public init(_ tensor: Tensor) {
    var tensor = tensor.contiguous()
    tensor.bits = (BitPattern(tensor.detached()), false)
    self.tensor = tensor
  }

  /// Bits from Booleans in row-major order.
  public init(_ values: [Bool], shape: [Int]) {
    self.init(Tensor(values.map { $0 ? 1 : 0 }, shape: shape))
  }

  /// Sizes, outermost axis first.
  public var shape: [Int] { tensor.shape }

  /// Number of bits.
  public var count: Int { tensor.count }

  /// The bits in row-major order.
  public var values: [Bool] { tensor.scalars.map { $0 != 0 } }

  /// 2 x - 1 of every bit x; products with it are as fast as those with the bits.
  public var signs: Tensor {
    var signs = tensor.detached() * 2 - 1
    signs.bits = tensor.bits.map { ($0.pattern, true) }
    return signs
  }

  /// The same bits in another shape.
  public func reshaped(_ shape: [Int]) -> Bits { Bits(tensor.reshaped(shape)) }

  /// bits · weight + bias for bits [..., in], a weight [in, out] and a bias [out].
  public func affine(_ weight: Tensor, _ bias: Tensor) -> Tensor { tensor.affine(weight, bias) }
}
