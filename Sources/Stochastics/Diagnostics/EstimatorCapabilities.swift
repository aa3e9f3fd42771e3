public import Tensors

/// An estimator whose baseline predicts a cost from its context alone.
public protocol PredictsCost {
  /// The prediction, of the shape of the batch, up to a constant; `nil` where it looks at no
  /// context.
  func prediction(given context: Tensor) -> Tensor?
}

extension NVIL: PredictsCost {
  public func prediction(given context: Tensor) -> Tensor? {
    network?.values(for: 0, given: context.detached())
  }
}

extension Reinforce: PredictsCost {
  public func prediction(given context: Tensor) -> Tensor? {
    (baseline as? NetworkBaseline)?.values(for: 0, given: context.detached())
  }
}
