public import Tensors

/// Group-relative policy optimization: the score of each sample weighted by its cost less the mean
/// of its group, over the deviation of the group.
///
/// With ``GroupAdvantage/Scale/none`` it is mean-centering: the gradient of
/// ``LeaveOneOutBaseline`` times (K - 1)/K, which is a step size. With the deviation of all groups
/// of a batch in place of each group's own it is REINFORCE++. A division by the deviation of K own
/// costs keeps who won and loses by how much; its mean can point away from the gradient.
///
/// - Bias: biased.
/// - Cost calls: `samples`.
/// - Requires: any cost; two samples or more.
/// - State: none.
/// - Reference: Shao et al. (2024), DeepSeekMath; Liu et al. (2025), Understanding R1-Zero-like
///   training; Hu (2025), REINFORCE++.
public struct GRPO<Distribution: DiscreteDistribution>: BlackBoxGradientEstimator, Stateless {
  public let samples: Int
  public let advantage: GroupAdvantage

  /// Traps unless there are two samples or more.
  public init(samples: Int = 2, advantage: GroupAdvantage = GroupAdvantage()) {
    require(samples > 1, "a group of \(samples) samples, two are needed")
    self.samples = samples
    self.advantage = advantage
  }

  public var bias: Bias { .biased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let f = try cost(z, &generator)
    return f.scored(by: q.logProbability(z), weight: advantage(f)).mean(along: 0)
  }
}

extension GradientEstimator {
  /// Costs less the mean of their group, over its deviation.
  public static func grpo<D>(
    samples: Int = 2, advantage: GroupAdvantage = GroupAdvantage()
  ) -> Self where Self == GRPO<D> {
    GRPO(samples: samples, advantage: advantage)
  }
}
