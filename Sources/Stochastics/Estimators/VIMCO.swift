public import Tensors

/// VIMCO: the multi-sample bound, with a baseline for each sample made of the others.
///
/// With L = log mean w and L_k the same with w_k replaced by a mean of the others, the gradient is
/// the sum of (L - L_k) grad log q(z_k), and of the weights' own gradients. The table of all L_k is
/// formed whole: taking one weight out by subtraction loses every digit where it dominates.
///
/// - Bias: unbiased for the gradient of E[log mean exp].
/// - Cost calls: `samples`.
/// - Requires: two samples or more.
/// - State: none.
/// - Reference: Mnih and Rezende (2016), Variational inference for Monte Carlo objectives.
public struct VIMCO<Distribution: DiscreteDistribution>: BoundEstimator, Stateless {
  /// The mean that stands in for a weight that is left out.
  public enum Mean: String, Sendable, CaseIterable {
    /// The geometric mean of the others.
    case geometric
    /// The arithmetic mean of the others.
    case arithmetic
  }

  public let samples: Int
  public let mean: Mean

  /// Traps unless there are two samples or more.
  public init(samples: Int, mean: Mean = .geometric) {
    require(samples > 1, "VIMCO with \(samples) samples, two are needed")
    self.samples = samples
    self.mean = mean
  }

  public var bias: Bias { .unbiased }

  public mutating func bound<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofLogWeight logWeight: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let weights = try logWeight(z, &generator)
    let bound = weights.logMeanExp()
    let signals = bound.detached() - leaveOneOutBounds(weights.detached())
    let scores = q.logProbability(z)
    return bound.detached().recording([bound, scores]) { context in
      [context.cotangent, context.cotangent(of: 1) { context.cotangent * signals }]
    }
  }

  /// L_k of log-weights [K] + batch, of that shape.
  package func leaveOneOutBounds(_ weights: Tensor) -> Tensor {
    let means = weights.meanOfOthers()
    let rows = (0..<samples).map { left in
      let others = concatenate(
        [weights.sliced(along: 0, 0..<left), weights.sliced(along: 0, (left + 1)..<samples)],
        along: 0)
      let substitute =
        switch mean {
        case .geometric: means.sliced(along: 0, left..<(left + 1))
        case .arithmetic: others.logMeanExp().expandingDimensions(at: 0)
        }
      return concatenate([others, substitute], along: 0).logMeanExp()
    }
    return stack(rows)
  }
}

extension BoundEstimator {
  /// VIMCO with a number of samples.
  public static func vimco<D>(samples: Int, mean: VIMCO<D>.Mean = .geometric) -> Self
  where Self == VIMCO<D> {
    VIMCO(samples: samples, mean: mean)
  }
}
