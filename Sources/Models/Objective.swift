public import Tensors

/// The meaning of a training step's value; the reported bound of a trained model is always the
/// evidence lower bound of hard samples.
public enum Objective: Sendable, Hashable, CustomStringConvertible {
  /// The evidence lower bound.
  case bound
  /// The bound of relaxed samples, which is not a bound of anything.
  case relaxedBound
  /// The bound E[log mean exp] over so many samples, tighter than the evidence lower bound.
  case multiSampleBound(Int)
  /// The evidence lower bound of unlabeled examples and that of labeled ones, with the
  /// classifier's loss.
  case labeledBound

  public var description: String {
    switch self {
    case .bound: "evidence lower bound"
    case .relaxedBound: "evidence lower bound at relaxed samples"
    case .multiSampleBound(let samples): "multi-sample bound of \(samples)"
    case .labeledBound: "evidence lower bound with labels"
    }
  }
}

/// Estimators of a model, which know what they estimate.
public protocol ObjectiveEstimators: Parameterized, Sendable {
  var objective: Objective { get }

  /// The estimator of the layer nearest to the data.
  var first: (any Sendable)? { get }
}
