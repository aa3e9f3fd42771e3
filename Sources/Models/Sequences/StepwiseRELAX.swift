import Learning
public import Stochastics
public import Tensors

/// RELAX step by step: a critic of each token, relaxed, and of the state before it is the token's
/// control variate.
///
/// For every step (Q_t - c(z~_t, s_t)) grad log q(b_t | s_t) + grad c(z_t, s_t) - grad c(z~_t,
/// s_t), where z_t are the perturbed logits that gave token b_t, z~_t is drawn given it, and the
/// gradients run through the logits of step t with the state held fixed. Unbiased, whatever the
/// critic. Relaxing all tokens at once is not: a relaxed token leads into a state that the law does
/// not know, so that a generator is no `CoupledDistribution`, and `RELAX<SequenceGenerator>` does
/// not compile. Grathwohl et al. (2018), Backpropagation through the void, section 3.3.
public struct StepwiseRELAX: SequenceGradient {
  public var relax: RELAX<Categorical>

  /// - Parameters:
  ///   - vocabulary: tokens of the generator.
  ///   - stateSize: numbers of its state, which are its units.
  ///   - units: of the critic.
  public init(
    vocabulary: Int, stateSize: Int, units: Int = 10,
    using generator: inout some RandomNumberGenerator
  ) {
    relax = RELAX(
      critic: Critic(
        inputs: vocabulary, contextSize: stateSize, units: units, using: &generator))
  }

  public mutating func cost(
    of q: SequenceGenerator, at sample: Classes, reward: RewardToGo, using generator: inout Philox
  ) -> Tensor {
    let (rows, steps) = (sample.shape[0], q.length)
    let order = q.stepwise(sample)
    let hidden = q.hidden(before: order)
    let logits = q.output(hidden).reshaped([steps, rows, 1, q.vocabulary])
    // The tokens are drawn already, so that their perturbations are drawn given them.
    let plain = Categorical(logits: logits.detached())
    let tokens = Classes(
      Indices(order.targets.values.map { Int($0) }, shape: [1, steps, rows, 1]),
      classCount: q.vocabulary)
    let z = plain.conditional(on: tokens, noise: plain.noise(1, using: &generator))
    let noise = z - plain.logits.logSoftmax(along: -1)
    let costs = -reward.values.transposed().reshaped([1, steps, rows])
    let each = relax.expectation(
      over: Categorical(logits: logits), given: hidden.detached(), noise: noise,
      conditionalNoise: nil, using: &generator
    ) { (_: Classes, _: inout Philox) in costs }
    // What follows the end was not drawn, and has no score.
    let drawn = q.lives(of: sample).map { each * $0.transposed() } ?? each
    let all = drawn.sum(along: 0)
    return (all - all.detached() - reward.total).mean(along: 0)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("relax", &relax)
  }
}
