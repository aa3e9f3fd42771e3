public import Learning
public import Stochastics
public import Tensors

/// A generator of sequences that is pre-trained on data, and then on the judgment of a
/// discriminator.
///
/// Yu, Zhang, Wang and Yu (2017), SeqGAN: Sequence generative adversarial nets with policy
/// gradient. Nothing but tensors and counts is kept: all noise is a function of the generators that
/// are handed in.
public struct SequenceGAN<Gradient: SequenceGradient, Judge: SequenceJudge>: Parameterized,
  Sendable
{
  /// The part that the policy gradient moves.
  public struct Policy: Parameterized, Sendable {
    public var generator: SequenceGenerator
    public var gradient: Gradient

    public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("generator", &generator)
      visitor.visit("gradient", &gradient)
    }
  }

  /// The generator and its optimizer while it follows the data.
  public private(set) var pretraining: Trainer<SequenceGenerator, Adam>
  /// The generator and its optimizer while it follows the discriminator.
  public private(set) var policy: Trainer<Policy, Adam>
  public private(set) var discriminator: Trainer<Judge, Adam>
  /// The copy that completes prefixes, which follows the generator slowly.
  public private(set) var rollOut: SequenceGenerator
  /// Whether the discriminator is followed already.
  public private(set) var isAdversarial = false

  /// - Parameter adversarialLearningRate: of the generator while it follows the discriminator;
  ///   `nil` for the same as before.
  public init(
    generator: SequenceGenerator, discriminator: Judge, gradient: Gradient,
    learningRate: Double = 0.01, adversarialLearningRate: Double? = nil,
    discriminatorLearningRate: Double = 1e-4
  ) {
    pretraining = Trainer(
      generator, optimizer: Adam(), learningRate: learningRate, maximumNorm: 5)
    policy = Trainer(
      Policy(generator: generator, gradient: gradient),
      optimizer: Adam(), learningRate: adversarialLearningRate ?? learningRate, maximumNorm: 5)
    self.discriminator = Trainer(
      discriminator, optimizer: Adam(), learningRate: discriminatorLearningRate)
    rollOut = generator
  }

  /// The generator as it is now.
  public var generator: SequenceGenerator {
    isAdversarial ? policy.model.generator : pretraining.model
  }

  /// Ascends the likelihood of some sequences once; returns their mean -log p a token before.
  public mutating func pretrain(on data: Classes) throws(NonFiniteError) -> Double {
    require(!isAdversarial, "pre-training after the discriminator has been followed")
    return Double(
      try pretraining.descend { generator in
        generator.logProbability(
          data,
          weightedBy: .full(-1 / Scalar(data.tokenCount(end: generator.end)), data.shape))
      })
  }

  /// Hands the pre-trained generator on to the policy gradient, and to the roll-outs.
  public mutating func beginAdversarial() {
    guard !isAdversarial else { return }
    policy.model.generator = pretraining.model
    rollOut = pretraining.model
    isAdversarial = true
  }

  /// Teaches the discriminator to tell data from fresh samples, as many as data, some epochs long;
  /// returns the mean loss.
  ///
  /// - Parameter batchSize: sequences of a step, half of them data and half samples.
  public mutating func teachDiscriminator(
    with data: Classes, epochs: Int, batchSize: Int, using generator: inout Philox
  ) throws(NonFiniteError) -> Double {
    let round = DiscriminatorRound(
      data: data, generated: self.generator.sample(data.shape[0], using: &generator),
      epochs: epochs, batchSize: batchSize, noise: generator.split())
    var sum = 0.0
    for batch in 0..<round.count { sum += try teachDiscriminator(by: round, batch: batch) }
    return sum / Double(round.count)
  }

  /// Descends the discriminator's loss on one batch of a round; returns the loss.
  public mutating func teachDiscriminator(
    by round: DiscriminatorRound, batch: Int
  ) throws(NonFiniteError) -> Double {
    var (data, generated, noise) = round[batch]
    return Double(
      try discriminator.descend {
        $0.loss(data: data, generated: generated, using: &noise)
      })
  }

  /// Descends the improbability of samples once, and lets the roll-outs follow; returns the mean
  /// probability of being data.
  ///
  /// - Parameters:
  ///   - count: samples.
  ///   - rollOuts: completions of every prefix.
  ///   - lag: how much of the roll-out's weights stays, in [0, 1); embeddings are copied.
  ///   - pause: called between steps of the roll-outs; what it throws ends this one with nothing
  ///     changed.
  public mutating func followDiscriminator(
    _ count: Int, rollOuts: Int, lag: Scalar = 0.8, using generator: inout Philox,
    pause: () throws -> Void = {}
  ) throws -> Double {
    require(lag >= 0 && lag < 1, "a roll-out copy that keeps \(lag) of itself")
    let judge = discriminator.model
    let follower = self.generator
    let sample = follower.sample(count, using: &generator)
    let rewards = try (isAdversarial ? rollOut : follower).rollOutRewards(
      of: sample, copies: rollOuts, using: &generator, betweenSteps: pause
    ) { (sequences) throws -> Tensor in
      try pause()
      return judge.probability(of: sequences)
    }
    beginAdversarial()
    let value = try ascend(RewardToGo(ofLast: rewards), of: sample, using: &generator)
    followGenerator(lag: lag)
    return value
  }

  /// Ascends the reward of samples once; returns its mean.
  private mutating func ascend(
    _ reward: RewardToGo, of sample: Classes, using generator: inout Philox
  ) throws(NonFiniteError) -> Double {
    try ascend(summedOver: sample.shape[0]) { policy in
      policy.gradient.cost(of: policy.generator, at: sample, reward: reward, using: &generator)
    }
  }

  /// Takes one step down `count` times the mean cost, that is, the sum over samples, as in the
  /// paper; returns the mean reward.
  ///
  /// A confident discriminator gives rewards near 1e-6; gradients of the mean would vanish beside
  /// Adam's epsilon.
  private mutating func ascend(
    summedOver count: Int, _ cost: (inout Policy) -> Tensor
  ) throws(NonFiniteError) -> Double {
    -Double(try policy.descend { cost(&$0) * Scalar(count) }) / Double(count)
  }

  /// Descends the improbability of relaxed samples once, straight through the discriminator;
  /// returns the mean probability.
  ///
  /// Biased; the gradient of the policy and the roll-outs have no part in it.
  public mutating func followRelaxed(
    _ count: Int, temperature: Double, using generator: inout Philox
  ) throws(NonFiniteError) -> Double {
    beginAdversarial()
    let judge = discriminator.model
    return try ascend(summedOver: count) { policy in
      let points = policy.generator.relaxed(count, temperature: temperature, using: &generator)
      return -judge.probability(ofRelaxed: points).mean()
    }
  }

  private mutating func followGenerator(lag: Scalar) {
    let target = policy.model.generator
    rollOut.move(toward: target, by: 1 - lag)
    rollOut.embedding = target.embedding
  }

  /// Goes back to steps whose parameters and running tensors have been restored.
  public mutating func resume(
    pretraining steps: Int, policy policySteps: Int, discriminator discriminatorSteps: Int,
    isAdversarial: Bool
  ) {
    pretraining.resume(at: steps)
    policy.resume(at: policySteps)
    discriminator.resume(at: discriminatorSteps)
    self.isAdversarial = isAdversarial
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("pretraining", &pretraining)
    visitor.visit("policy", &policy)
    visitor.visit("discriminator", &discriminator)
    visitor.visit("roll-out", &rollOut)
  }
}

extension SequenceGAN where Judge == TokenDiscriminator {
  /// Ascends the judgments of each token and of those after it once, without roll-outs; returns
  /// the mean probability of being data.
  ///
  /// The reward of a token is 2 D - 1, as in ScratchGAN; what fills a sequence up after its end has
  /// none.
  public mutating func followTokens(
    _ count: Int, discount: Scalar, using generator: inout Philox
  ) throws(NonFiniteError) -> Double {
    beginAdversarial()
    let sample = policy.model.generator.sample(count, using: &generator)
    let judge = discriminator.model
    let rewards = (judge.tokenProbabilities(of: sample) * 2 - 1) * judge.lives(of: sample)
    _ = try ascend(Rewards(rewards).toGo(discount: discount), of: sample, using: &generator)
    return Double(judge.probability(of: sample).mean().item)
  }
}
