public import Tensors

/// A cost of the flattened features v of a sample: constant + linear · v + v' quadratic v.
public struct PolynomialCost: Sendable {
  public var constant: Scalar = 0
  /// Shape [m].
  public var linear: Tensor
  /// Shape [m, m], where there is one.
  public var quadratic: Tensor?

  /// A cost of zero for m features.
  public init(size m: Int) { linear = .zeros([m]) }

  /// Values [...] of flattened points [..., m].
  public func callAsFunction(_ v: Tensor) -> Tensor {
    let affine = constant + (v * linear).sum(along: -1)
    return quadratic.map { affine + (v.matmul($0) * v).sum(along: -1) } ?? affine
  }
}
