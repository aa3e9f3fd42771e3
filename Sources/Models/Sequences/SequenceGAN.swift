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
  ///
  /// - Throws: as `Trainer.descend(in:)`.
  public mutating func pretrain(
    on data: Classes, in shards: Sharding = Sharding(1)
  ) throws -> Double {
    require(!isAdversarial, "pre-training after the discriminator has been followed")
    let end = generator.end
    return Double(
      try pretraining.descend(in: shards, weight: { data.part($0).tokenCount(end: end) }) {
        generator, shard in
        let own = data.part(shard)
        return generator.logProbability(
          own, weightedBy: .full(-1 / Scalar(own.tokenCount(end: end)), own.shape))
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
  ) throws -> Double {
    let round = DiscriminatorRound(
      data: data, generated: self.generator.sample(data.shape[0], using: &generator),
      epochs: epochs, batchSize: batchSize, noise: generator.split())
    var sum = 0.0
    for batch in 0..<round.count { sum += try teachDiscriminator(by: round, batch: batch) }
    return sum / Double(round.count)
  }

  /// Descends the discriminator's loss on one batch of a round; returns the loss.
  public mutating func teachDiscriminator(
    by round: DiscriminatorRound, batch: Int, in shards: Sharding = Sharding(1)
  ) throws -> Double {
    let (data, generated, noise) = round[batch]
    return Double(
      try discriminator.descend(in: shards, weight: { $0.range(of: data.shape[0]).count }) {
        judge, shard in
        var own = shard.noise(of: noise)
        return judge.loss(
          data: data.part(shard), generated: generated.part(shard), using: &own)
      })
  }

  /// Descends the improbability of samples once, and lets the roll-outs follow; returns the mean
  /// probability of being data.
  ///
  /// - Parameters:
  ///   - count: samples.
  ///   - rollOuts: completions of every prefix.
  ///   - lag: how much of the roll-out's weights stays, in [0, 1); embeddings are copied.
  ///   - shards: into which the samples are cut, each with noise of its own.
  ///   - pause: called between steps of the roll-outs; what it throws ends this one with nothing
  ///     changed.
  public mutating func followDiscriminator(
    _ count: Int, rollOuts: Int, lag: Scalar = 0.8, in shards: Sharding = Sharding(1),
    using generator: inout Philox, pause: () throws -> Void = {}
  ) throws -> Double {
    require(lag >= 0 && lag < 1, "a roll-out copy that keeps \(lag) of itself")
    let judge = discriminator.model
    let follower = self.generator
    let completing = isAdversarial ? rollOut : follower
    let greedy =
      policy.model.gradient.needsGreedy
      ? judge.probability(of: follower.greedy()).reshaped([1, 1]) : nil
    let parts = try samples(count, in: shards, using: &generator) { size, noise in
      let sample = follower.sample(size, using: &noise)
      let rewards = try completing.rollOutRewards(
        of: sample, copies: rollOuts, using: &noise, betweenSteps: pause
      ) { (sequences) throws -> Tensor in
        try pause()
        return judge.probability(of: sequences)
      }
      var reward = RewardToGo(ofLast: rewards)
      reward.greedy = greedy
      return (sample, reward)
    }
    beginAdversarial()
    let value = try ascend(parts, of: count, in: shards, using: &generator)
    followGenerator(lag: lag)
    return value
  }

  /// The samples of this process's shards with their rewards, and the noise to go on with.
  private typealias Parts = [Shard: (sample: Classes, reward: RewardToGo, noise: Philox)]

  private func samples(
    _ count: Int, in shards: Sharding, using generator: inout Philox,
    _ make: (Int, inout Philox) throws -> (Classes, RewardToGo)
  ) rethrows -> Parts {
    let noise = shards.count == 1 ? generator : generator.split()
    var parts: Parts = [:]
    for shard in shards.own {
      var own = shard.noise(of: noise)
      let (sample, reward) = try make(shard.range(of: count).count, &own)
      parts[shard] = (sample, reward, own)
    }
    return parts
  }

  /// Ascends the reward of samples once; returns its mean.
  private mutating func ascend(
    _ parts: Parts, of count: Int, in shards: Sharding, using generator: inout Philox
  ) throws -> Double {
    try ascend(summedOver: count, in: shards) { policy, shard in
      guard var part = parts[shard] else { fatalError("\(shard) is another process's") }
      let cost = policy.gradient.cost(
        of: policy.generator, at: part.sample, reward: part.reward, using: &part.noise)
      if shards.count == 1 { generator = part.noise }
      return cost
    }
  }

  /// Takes one step down `count` times the mean cost, that is, the sum over samples, as in the
  /// paper; returns the mean reward.
  ///
  /// A confident discriminator gives rewards near 1e-6; gradients of the mean would vanish beside
  /// Adam's epsilon.
  private mutating func ascend(
    summedOver count: Int, in shards: Sharding, _ cost: (inout Policy, Shard) -> Tensor
  ) throws -> Double {
    let loss = try policy.descend(in: shards, weight: { $0.range(of: count).count }) {
      cost(&$0, $1) * Scalar(count)
    }
    return -Double(loss) / Double(count)
  }

  /// Descends the improbability of relaxed samples once, straight through the discriminator;
  /// returns the mean probability.
  ///
  /// Biased; the gradient of the policy and the roll-outs have no part in it.
  public mutating func followRelaxed(
    _ count: Int, temperature: Double, in shards: Sharding = Sharding(1),
    using generator: inout Philox
  ) throws -> Double {
    beginAdversarial()
    let judge = discriminator.model
    let noise = shards.count == 1 ? generator : generator.split()
    return try ascend(summedOver: count, in: shards) { policy, shard in
      var own = shard.noise(of: noise)
      let points = policy.generator.relaxed(
        shard.range(of: count).count, temperature: temperature, using: &own)
      if shards.count == 1 { generator = own }
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
    _ count: Int, discount: Scalar, in shards: Sharding = Sharding(1),
    using generator: inout Philox
  ) throws -> Double {
    beginAdversarial()
    let (judge, follower, step) = (discriminator.model, policy.model.generator, policy.step)
    func reward(of sample: Classes) -> RewardToGo {
      let rewards = (judge.tokenProbabilities(of: sample) * 2 - 1) * judge.lives(of: sample)
      return Rewards(rewards).toGo(discount: discount)
    }
    let greedy =
      policy.model.gradient.needsGreedy ? reward(of: follower.greedy()).values : nil
    let parts = samples(count, in: shards, using: &generator) { size, noise in
      let sample = follower.sample(size, using: &noise)
      var own = reward(of: sample)
      own.greedy = greedy
      return (sample, own)
    }
    _ = try ascend(parts, of: count, in: shards, using: &generator)
    return Double(
      try shards.mean(at: step, weight: { $0.range(of: count).count }) { shard in
        parts[shard].map { judge.probability(of: $0.sample).mean().item } ?? 0
      })
  }
}

extension Classes {
  /// The rows of one part of a batch.
  fileprivate func part(_ shard: Shard) -> Classes {
    shard.count == 1 ? self : rows(Array(shard.range(of: shape[0])))
  }
}
