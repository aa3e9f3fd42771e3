public import Stochastics
public import Tensors

/// A gradient of the expected reward of a generator, from samples and their rewards to go.
public protocol SequenceGradient: Parameterized, Sendable {
  /// Whether rewards must have those of the greedy sequence beside them.
  var needsGreedy: Bool { get }

  /// The mean cost, which is the negative reward, of a sample, with the gradient of its expectation
  /// in the generator.
  ///
  /// - Parameters:
  ///   - sample: of the generator's law, [samples, length].
  ///   - reward: what each of its tokens is worth.
  ///   - generator: of whatever else is drawn.
  mutating func cost(
    of q: SequenceGenerator, at sample: Classes, reward: RewardToGo, using generator: inout Philox
  ) -> Tensor
}

extension SequenceGradient {
  public var needsGreedy: Bool { false }
}

extension SequentialPolicy {
  /// The mean cost, which is the negative reward, with the gradient of scores times weights
  /// [samples, steps].
  func cost(at actions: Actions, weights: Tensor, reward: RewardToGo) -> Tensor {
    let score = logProbability(
      actions, weightedBy: weights.detached() * (1 / Scalar(weights.shape[0])))
    return score - score.detached() - reward.total.mean(along: 0)
  }
}

/// REINFORCE step by step: each action's score is weighted by what may still come, less a baseline.
///
/// Unbiased where the costs are estimates of the expected cost given the steps up to theirs, and
/// the baseline does not see its own sample. Sutton et al. (2000), Policy gradient methods; Yu et
/// al. (2017), SeqGAN.
public struct PolicyGradient<B: Baseline>: Parameterized, Sendable {
  public var baseline: B

  public init(baseline: B) { self.baseline = baseline }

  /// The mean cost, which is the negative reward, of the actions of a sample; the baseline sees the
  /// state before each.
  public mutating func expectation<Q: SequentialPolicy>(
    over q: Q, at actions: Q.Actions, reward: RewardToGo
  ) -> Tensor {
    let costs = -reward.values
    let values = baseline.values(for: costs, given: q.states(before: actions).features)
    baseline.advance(with: costs)
    return q.cost(at: actions, weights: costs - values.detached(), reward: reward)
      .carrying(costs.regressionLoss(of: values))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("baseline", &baseline)
  }
}

extension PolicyGradient: SequenceGradient {
  public mutating func cost(
    of q: SequenceGenerator, at sample: Classes, reward: RewardToGo, using generator: inout Philox
  ) -> Tensor {
    expectation(over: q, at: sample, reward: reward)
  }
}
