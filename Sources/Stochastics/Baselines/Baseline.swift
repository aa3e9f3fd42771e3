public import Tensors

/// A number that is subtracted from a cost before it multiplies a score: it changes the variance,
/// not the mean.
///
/// That holds as long as the value for a sample does not depend on that sample. A baseline is
/// therefore read before it is advanced.
public protocol Baseline: Parameterized, Sendable {
  /// The values to subtract, of a shape that broadcasts to that of the costs, `[samples] + batch`.
  ///
  /// They may be tracked in the baseline's own trained parameters, which then descend the squared
  /// error to the costs.
  func values(for costs: Tensor, given context: Tensor?) -> Tensor

  /// Takes the costs of this call into account for the next one.
  mutating func advance(with costs: Tensor)
}

extension Baseline {
  public mutating func advance(with costs: Tensor) {}
}

extension Tensor {
  /// The mean squared error of tracked predictions, as a passenger; `nil` where nothing is to be
  /// trained.
  package func regressionLoss(of predictions: Tensor) -> Tensor? {
    guard predictions.isTracked else { return nil }
    return (detached() - predictions).squared().mean()
  }

  /// This value carrying a passenger, if there is one.
  package func carrying(_ passenger: Tensor?) -> Tensor {
    guard let passenger else { return self }
    return carrying(passenger)
  }
}
