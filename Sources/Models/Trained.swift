public import Tensors

/// A model and the estimators that train it, as one value for one optimizer.
///
/// The model's parameters keep their names, those of the estimators stand under `estimator`.
public struct Trained<Model: Parameterized & Sendable, Estimators: Parameterized & Sendable>:
  Parameterized, Sendable
{
  public var model: Model
  public var estimators: Estimators

  public init(model: Model, estimators: Estimators) {
    self.model = model
    self.estimators = estimators
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    model.visitParameters(&visitor)
    visitor.visit("estimator", &estimators)
  }
}

extension Trained where Model: LatentVariableModel, Estimators == Model.Estimators {
  /// The mean negative objective of a batch, a scalar, with the estimators' gradient: what a
  /// trainer descends.
  ///
  /// - Parameter x: bits [batch, visible].
  public mutating func loss<G: RandomNumberGenerator>(
    of x: Bits, using generator: inout G
  ) -> Tensor {
    model.negativeBound(of: x, estimators: &estimators, using: &generator).mean()
  }
}
