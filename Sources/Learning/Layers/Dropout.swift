public import Tensors

/// Silences units at random in training, and scales the others so that the mean stays.
///
/// Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.
public struct Dropout: Sendable {
  /// The probability that a unit is silenced, in [0, 1).
  public let rate: Scalar

  /// Traps unless the rate is in 0..<1.
  public init(rate: Scalar) {
    require(rate >= 0 && rate < 1, "a dropout rate of \(rate)")
    self.rate = rate
  }

  /// The units that are left, in the shape of the inputs.
  ///
  /// Only training calls this: evaluation uses the inputs as they are.
  public func callAsFunction(
    _ x: Tensor, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    guard rate > 0 else { return x }
    let kept = Tensor.randomUniform(x.shape, using: &generator) .> Tensor(rate)
    return x * (kept * (1 / (1 - rate)))
  }
}
