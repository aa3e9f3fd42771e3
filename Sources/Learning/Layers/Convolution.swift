public import Tensors

/// Filters over square windows of images, at every place.
public struct Convolution: Parameterized, Sendable {
  /// The treatment of the border.
  public enum Padding: Sendable, Hashable {
    /// Windows lie within the image, which shrinks by size - 1.
    case valid
    /// Zeros around the image, which keeps its size; windows have an odd one.
    case same
  }

  /// Shape [size, size, inputs, filters].
  public var weight: Tensor
  /// Shape [filters].
  public var bias: Tensor
  public let padding: Padding
  /// Whether of every 2 x 2 responses the largest is kept.
  public let pools: Bool

  /// Weights N(0, 2 / (inputs size²)), as He and others (2015) advise before a rectifier; biases
  /// zero.
  ///
  /// Traps unless all sizes are positive; a border that keeps the size needs an odd window.
  public init(
    size: Int, inputs: Int, filters: Int, padding: Padding = .valid, pools: Bool = false,
    using generator: inout some RandomNumberGenerator
  ) {
    require(
      size > 0 && inputs > 0 && filters > 0, "\(filters) filters of \(size) x \(size) x \(inputs)")
    require(
      padding == .valid || !size.isMultiple(of: 2), "windows of \(size) have no middle")
    let scale = (2 / Scalar(size * size * inputs)).squareRoot()
    weight = .randomNormal([size, size, inputs, filters], using: &generator) * scale
    bias = .zeros([filters])
    self.padding = padding
    self.pools = pools
  }

  /// Responses [images, height, width, filters] of images [images, height, width, inputs].
  ///
  /// Smaller by size - 1 unless padded, and half of that where it pools, an odd last row or column
  /// being left out. A rectifier may follow the pooling, since it keeps the larger of two larger.
  /// Traps where no response is left.
  ///
  /// - Complexity: O(size² inputs filters) for each place; nothing is unfolded, and pooled
  ///   responses alone are stored.
  public func callAsFunction(_ images: Tensor) -> Tensor {
    images.convolved(
      weight, bias, padding: padding == .same ? weight.shape[0] / 2 : 0, pools: pools)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }
}
