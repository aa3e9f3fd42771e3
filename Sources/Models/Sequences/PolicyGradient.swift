public import Stochastics
public import Tensors

/// REINFORCE step by step: each token's score is weighted by what may still come, less a baseline.
///
/// Unbiased where the costs are estimates of the expected cost given the steps up to theirs, and the baseline does not see its own
/// sample. Sutton et al. (2000), Policy gradient methods; Yu et al. (2017), SeqGAN.
public struct PolicyGradient<B: Baseline>: Parameterized, Sendable {
  public var baseline: B

  public init(baseline: B) { self.baseline = baseline }

  /// The mean cost of a sample, with the gradient of its expectation.
  ///
  /// - Parameters:
  ///   - q: the law the sample is of, without a batch.
  ///   - costs: estimates of the cost given the steps up to each, of shape [samples, steps]; the last is the cost itself.
  public mutating func expectation<Q: StepwiseDistribution>(
    over q: Q, at sample: Q.Sample, costs: Tensor
  ) -> Tensor {
    let costs = costs.detached()
    let logProbabilities = q.logProbabilities(sample)
    precondition(
      costs.rank == 2 && costs.shape == logProbabilities.shape,
      "costs \(costs.shape) of log-probabilities \(logProbabilities.shape)")
    let values = baseline.values(for: costs, given: nil)
    baseline.advance(with: costs)
    let score = (logProbabilities * (costs - values.detached())).sum(along: 1)
    let total = costs.sliced(along: 1, at: costs.shape[1] - 1)
    return (total + (score - score.detached())).mean(along: 0)
      .carrying(costs.regressionLoss(of: values))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("baseline", &baseline)
  }
}
