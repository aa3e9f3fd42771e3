public import Tensors

/// REINFORCE, the score-function estimator: the mean of (f(z_k) - b) grad log q(z_k) over
/// independent samples.
///
/// - Bias: unbiased, with any baseline that does not see its own sample.
/// - Cost calls: `samples`.
/// - Requires: any cost; leave-one-out needs two samples, a network needs a context.
/// - State: that of the baseline.
/// - Reference: Williams (1992), Simple statistical gradient-following algorithms.
public struct Reinforce<Distribution: DiscreteDistribution, Base: Baseline>:
  BlackBoxGradientEstimator
{
  public let samples: Int
  public var baseline: Base

  /// Traps unless `samples` is positive.
  public init(samples: Int = 1, baseline: Base) {
    require(samples > 0, "REINFORCE with \(samples) samples")
    self.samples = samples
    self.baseline = baseline
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let f = try cost(z, &generator)
    let costs = f.detached()
    let values = baseline.values(for: costs, given: context?.detached())
    baseline.advance(with: costs)
    return f.scored(by: q.logProbability(z), weight: costs - values.detached())
      .mean(along: 0)
      .carrying(costs.regressionLoss(of: values))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("baseline", &baseline)
  }
}

extension GradientEstimator {
  /// REINFORCE with a baseline.
  public static func reinforce<D, Base>(samples: Int = 1, baseline: Base) -> Self
  where Self == Reinforce<D, Base> {
    Reinforce(samples: samples, baseline: baseline)
  }

  /// REINFORCE without a baseline.
  public static func reinforce<D>(samples: Int = 1) -> Self where Self == Reinforce<D, NoBaseline> {
    Reinforce(samples: samples, baseline: .none)
  }
}
