package import Tensors

extension Tensor {
  /// Scores less what those along an axis have in common: the finite one nearest to 0 where all
  /// have one sign.
  ///
  /// Noise added to large scores would lose its digits, and with them the shares of scores that are
  /// nearly equal. Only a constant is subtracted, so the gradient is that of the scores; no score
  /// gets larger, so none loses digits of its own.
  package func withoutCommonPart(along axis: Int = -1) -> Tensor {
    guard count > 0 else { return self }
    let plain = detached()
    let isFinite = plain.isFinite()
    let none = Tensor(-Scalar.infinity)
    let largest = select(isFinite, plain, none).max(along: axis, keepingDimensions: true)
    let smallest = -select(isFinite, -plain, none).max(along: axis, keepingDimensions: true)
    let part = select(smallest .> 0, smallest, select(largest .< 0, largest, 0))
    return self - select(part.isFinite(), part, 0)
  }
}
