public import Stochastics
public import Tensors

/// A law over sequences of actions, each taken in a state: the policy of reinforcement learning.
///
/// For a generator of tokens the state is the prefix, the action the next token, and an episode the sequence.
public protocol SequentialPolicy: StepwiseDistribution {
  /// The actions of some episodes, which are a sample of the policy.
  typealias Actions = Sample

  /// The states that actions were taken in.
  func states(before actions: Actions) -> States
}

/// What a policy knows before each action of some episodes.
public struct States: Sendable {
  /// Of shape [samples, steps, features], without a gradient.
  public let features: Tensor

  public init(_ features: Tensor) {
    require(features.rank == 3, "states [samples, steps, features], not \(features.shape)")
    self.features = features.detached()
  }
}

extension SequenceGenerator: SequentialPolicy {
  /// The hidden state that each token is drawn from, [samples, length, units]: a function of the prefix alone.
  public func states(before actions: Classes) -> States {
    let plain = detached()
    return States(plain.hidden(before: plain.stepwise(actions)).permuted([1, 0, 2]))
  }
}

/// What each action of some episodes brought, at once.
public struct Rewards: Sendable {
  /// Of shape [samples, steps].
  public let values: Tensor

  public init(_ values: Tensor) {
    require(values.rank == 2, "rewards [samples, steps], not \(values.shape)")
    self.values = values.detached()
  }

  /// For each action, the sum of its own reward and of all later ones, the k-th later one times `discount` to the power k.
  ///
  /// A discount below 1 lowers the variance, and makes the gradient that of no objective.
  public func toGo(discount: Scalar = 1) -> RewardToGo {
    require(discount >= 0 && discount <= 1, "a discount of \(discount)")
    return RewardToGo(
      values.recurrence(
        decay: .full(discount, values.shape), along: 1, reversed: true),
      total: values.sum(along: 1))
  }
}

/// For each action of some episodes, an estimate of the reward still to come.
public struct RewardToGo: Sendable {
  /// Of shape [samples, steps].
  public let values: Tensor
  /// The whole reward of each episode, [samples].
  public let total: Tensor

  public init(_ values: Tensor, total: Tensor) {
    require(
      values.rank == 2 && total.shape == [values.shape[0]],
      "rewards to go \(values.shape) of episodes \(total.shape)")
    self.values = values.detached()
    self.total = total.detached()
  }

  /// Estimates of a reward that comes at the end, such as those of roll-outs: the last of each episode is the reward itself.
  public init(ofLast values: Tensor) {
    require(
      values.rank == 2 && values.shape[1] > 0, "rewards to go \(values.shape)")
    self.init(values, total: values.sliced(along: 1, at: values.shape[1] - 1))
  }
}
