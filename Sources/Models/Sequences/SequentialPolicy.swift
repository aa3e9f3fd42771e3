public import Stochastics
public import Tensors

/// A law over sequences of actions, each taken in a state: the policy of reinforcement learning.
///
/// For a generator of tokens the state is the prefix, the action the next token, and an episode the
/// sequence.
public protocol SequentialPolicy: StepwiseDistribution {
  /// The actions of some episodes, which are a sample of the policy.
  typealias Actions = Sample

  /// The states that actions were taken in.
  func states(before actions: Actions) -> States
}

/// The knowledge of a policy before each action of some episodes.
public struct States: Sendable {
  /// Shape [samples, steps, features], without a gradient.
  public let features: Tensor

  /// Traps unless the features have three axes.
  public init(_ features: Tensor) {
    require(features.rank == 3, "states [samples, steps, features], not \(features.shape)")
    self.features = features.detached()
  }
}

extension SequenceGenerator: SequentialPolicy {
  /// The hidden state that each token is drawn from, [samples, length, units]: a function of the
  /// prefix alone.
  public func states(before actions: Classes) -> States {
    let plain = detached()
    return States(plain.hidden(before: plain.stepwise(actions)).permuted([1, 0, 2]))
  }
}
