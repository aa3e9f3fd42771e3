public import Stochastics
public import Tensors

/// The gradients of language models whose samples are compared with each other: GRPO, with or
/// without its divisions, mean-centering, and REINFORCE++.
///
/// Each step's reward to go, less the mean over the samples at that step and over their deviation,
/// weights the step's score. Biased: see `GRPO`. A division by the number of tokens
/// weighs short sequences more.
public struct GroupPolicyGradient: SequenceGradient, Stateless {
  public let advantage: GroupAdvantage
  /// Whether the scores of a sequence are divided by its number of tokens.
  public let dividesByLength: Bool

  public init(advantage: GroupAdvantage = GroupAdvantage(), dividesByLength: Bool = true) {
    (self.advantage, self.dividesByLength) = (advantage, dividesByLength)
  }

  /// Traps unless there are two samples or more.
  public mutating func cost(
    of q: SequenceGenerator, at sample: Classes, reward: RewardToGo, using generator: inout Philox
  ) -> Tensor {
    let count = sample.shape[0]
    require(count > 1, "a group of \(count) samples, two are needed")
    var weights = advantage(-reward.values)
    if dividesByLength {
      let lengths =
        q.lives(of: sample).map { $0.sum(along: 1, keepingDimensions: true) }
        ?? .full(Scalar(q.length), [count, 1])
      weights = weights / lengths
    }
    return q.cost(at: sample, weights: weights, reward: reward)
  }
}

/// ReMax: REINFORCE whose baseline is the reward of the greedy sequence.
///
/// Unbiased. Li et al. (2024), ReMax.
public struct GreedyPolicyGradient: SequenceGradient, Stateless {
  public var needsGreedy: Bool { true }

  public init() {}

  /// Traps unless the reward has that of the greedy sequence.
  public mutating func cost(
    of q: SequenceGenerator, at sample: Classes, reward: RewardToGo, using generator: inout Philox
  ) -> Tensor {
    guard let greedy = reward.greedy else { fatalError("no reward of the greedy sequence") }
    return q.cost(at: sample, weights: greedy - reward.values, reward: reward)
  }
}
