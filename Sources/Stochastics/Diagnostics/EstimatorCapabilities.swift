public import Tensors

/// An estimator or a baseline that predicts a cost from its context alone.
public protocol PredictsCost {
  /// The prediction, of the shape of the batch, up to a constant; `nil` where it looks at no
  /// context.
  func prediction(given context: Tensor) -> Tensor?
}

extension NetworkBaseline: PredictsCost {
  public func prediction(given context: Tensor) -> Tensor? {
    values(for: 0, given: context.detached())
  }
}

extension NVIL: PredictsCost {
  public func prediction(given context: Tensor) -> Tensor? {
    network?.prediction(given: context)
  }
}

extension Reinforce: PredictsCost where Base: PredictsCost {
  public func prediction(given context: Tensor) -> Tensor? {
    baseline.prediction(given: context)
  }
}

/// An estimator that draws bits in pairs that mirror each other: b from a uniform u, b' from 1 - u.
public protocol Antithetic {}

extension ARM: Antithetic {}
extension DisARM: Antithetic {}

/// An estimator whose mean gradient is the exact one times a factor that it knows.
public protocol ScalesGradient {
  /// The factor of the next call.
  var scale: Scalar { get }
}

extension NVIL: ScalesGradient {}
