public import Tensors

/// A way of calling log-weights for the multi-sample bound E[log mean exp]: another objective than
/// E[f], and another verb.
///
/// With log-weights log p(x, z) - log q(z | x) this is the importance-weighted bound, which
/// tightens with the number of samples. **Training ascends it**: descend its negative.
public protocol BoundEstimator<Distribution>: Parameterized, Sendable {
  associatedtype Distribution: DiscreteDistribution

  /// Samples under the logarithm.
  var samples: Int { get }
  var bias: Bias { get }

  /// The bound, of shape `batch`, with the estimator's gradient.
  ///
  /// - Parameter logWeight: the log-weights, [samples] + batch, tracked in all that they depend on,
  ///   log q among it.
  mutating func bound<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofLogWeight logWeight: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor
}

extension Tensor {
  /// log mean exp along the first axis.
  package func logMeanExp() -> Tensor {
    // The largest is taken out first, so that equal entries have their own value.
    let largest = detached().max(along: 0)
    let origin = select(largest.isFinite(), largest, 0)
    return (self - origin).logSumExp(along: 0) - Tensor(Scalar(shape[0])).log() + origin
  }
}
