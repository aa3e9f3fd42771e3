public import Tensors

/// The immediate reward of each action of some episodes.
public struct Rewards: Sendable {
  /// Shape [samples, steps].
  public let values: Tensor

  /// Traps unless the values have two axes.
  public init(_ values: Tensor) {
    require(values.rank == 2, "rewards [samples, steps], not \(values.shape)")
    self.values = values.detached()
  }

  /// For each action, the sum of its own reward and of all later ones, the k-th later one times
  /// `discount` to the power k.
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
  /// Shape [samples, steps].
  public let values: Tensor
  /// The whole reward of each episode, [samples].
  public let total: Tensor
  /// The reward to go of the greedy sequence, [1, steps] or [1, 1]; `nil` where it is not known.
  public var greedy: Tensor?

  /// Traps unless the values have two axes and there is one total for each episode.
  public init(_ values: Tensor, total: Tensor) {
    require(
      values.rank == 2 && total.shape == [values.shape[0]],
      "rewards to go \(values.shape) of episodes \(total.shape)")
    self.values = values.detached()
    self.total = total.detached()
  }

  /// Estimates of a reward that comes at the end, such as those of roll-outs: the last of each
  /// episode is the reward itself.
  ///
  /// Traps unless the values have two axes, the second not empty.
  public init(ofLast values: Tensor) {
    require(
      values.rank == 2 && values.shape[1] > 0, "rewards to go \(values.shape)")
    self.init(values, total: values.sliced(along: 1, at: values.shape[1] - 1))
  }
}
