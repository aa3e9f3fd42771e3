import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

/// Ways of following a reward, beside the exact gradient over all sequences of three tokens and length four.
struct SequenceGradientTests {
  /// A reward of sequences [..., length] that no sum over tokens gives.
  static func reward(_ sequences: Classes) -> Tensor {
    let length = sequences.shape.last ?? 1
    return Tensor(
      (0..<sequences.indices.count / length).map { row in
        let tokens = sequences.indices.values[row * length..<(row + 1) * length]
        let runs = zip(tokens, tokens.dropFirst()).filter { $0 == $1 }.count
        return 2 + Scalar(tokens.reduce(0, +)) * 0.2 - Scalar(runs * runs) * 0.3
      }, shape: Array(sequences.shape.dropLast()))
  }

  static func flat(_ gradient: SequenceGenerator) -> [Double] {
    gradient.namedParameters().flatMap { $0.tensor.scalars.map { Double($0) } }
  }

  /// The gradient of the expected cost, which is the negative reward.
  static func exact(_ q: SequenceGenerator) -> [Double] {
    var q = q
    let states = q.states()
    let rewards = reward(states)
    return flat(
      valueWithGradient(at: &q) { -($0.logProbability(states).exp() * rewards).sum() }.gradient)
  }

  /// The largest |z| over all parameters of 400 estimates of 200 samples each, and the root of the summed variances of one.
  ///
  /// By Student's law with 399 degrees of freedom |z| > 5 at one of a hundred parameters has probability 1e-4.
  private static func score(
    of gradient: some SequenceGradient, factors: [Scalar] = [1, 1, 1, 1],
    for q: SequenceGenerator = smallGenerator()
  ) -> (z: Double, deviation: Double) {
    let (calls, rows) = (400, 200)
    let exact = exact(q)
    var generator = Philox(seed: 71)
    var moments = Moments(coordinates: exact.count)
    for _ in 0..<calls {
      var (point, estimator) = (q, gradient)
      let sample = q.sample(rows, using: &generator)
      let whole = reward(sample)
      let values = whole.expandingDimensions(at: 1) * Tensor(factors, shape: [1, 4])
      let slope = valueWithGradient(at: &point) {
        estimator.cost(
          of: $0, at: sample, reward: RewardToGo(values, total: whole), using: &generator)
      }.gradient
      moments.add(flat(slope))
    }
    let scores = moments.zScores(against: exact, rounding: 1e-5).map(abs)
    return (scores.max() ?? .infinity, moments.variance.reduce(0, +).squareRoot())
  }

  private static func relax(scale: Scalar) -> StepwiseRELAX {
    var generator = Philox(seed: 72)
    var relax = StepwiseRELAX(vocabulary: 3, stateSize: 3, using: &generator)
    relax.relax.critic.scale = Tensor(scale)
    return relax
  }

  @Test(
    "stepwise RELAX has the exact gradient as its mean, whatever its critic",
    arguments: [0, 2] as [Scalar])
  func relaxIsUnbiased(scale: Scalar) {
    #expect(Self.score(of: Self.relax(scale: scale)).z < 5)
  }

  /// Its token 0 ends a sequence.
  private static var ending: SequenceGenerator {
    let q = smallGenerator()
    return SequenceGenerator(
      embedding: q.embedding, recurrence: q.recurrence, output: q.output, length: 4, end: 0)
  }

  @Test("it has it too where sequences end, whose points stay ended")
  func ends() {
    #expect(Self.score(of: Self.relax(scale: 2), for: Self.ending).z < 5)
    var generator = Philox(seed: 76)
    let points = Self.ending.relaxed(500, temperature: 0.8, using: &generator)
    #expect(points.scalars.allSatisfy { $0 == 0 || $0 == 1 })
    let tokens = points.argmax(along: 2).values
    var ended = 0
    for place in tokens.indices where place % 4 > 0 && tokens[place - 1] == 0 {
      #expect(tokens[place] == 0)
      ended += 1
    }
    #expect(ended > 50)
  }

  @Test("the same test finds a reward that is discounted")
  func power() {
    #expect(Self.score(of: Self.relax(scale: 2), factors: [0.7, 0.8, 0.9, 1]).z > 5)
  }

  @Test("a baseline network of the state leaves the mean as it is")
  func networkIsUnbiased() {
    var generator = Philox(seed: 73)
    let network = NetworkBaseline(centre: .zeros([3]), units: 5, using: &generator)
    #expect(Self.score(of: PolicyGradient(baseline: network)).z < 5)
  }

  @Test("critic and baseline network learn to lower the variance")
  func learns() throws {
    let q = smallGenerator()
    func trained<Gradient: SequenceGradient>(_ gradient: Gradient) throws -> Double {
      var trainer = Trainer(gradient, optimizer: Adam(), learningRate: 0.02)
      var generator = Philox(seed: 74)
      for _ in 0..<400 {
        let sample = q.sample(50, using: &generator)
        let whole = Self.reward(sample)
        let reward = RewardToGo(
          whole.expandingDimensions(at: 1).broadcast(to: [50, 4]), total: whole)
        _ = try trainer.descend { gradient in
          // The estimator's own loss rides on its result; the generator is tracked but stays.
          var tracked = q
          tracked.forEachParameter { tensor, _ in tensor = tensor.variable() }
          return gradient.cost(of: tracked, at: sample, reward: reward, using: &generator)
        }
      }
      return Self.score(of: trainer.model).deviation
    }
    let plain = Self.score(of: PolicyGradient(baseline: .none)).deviation
    var generator = Philox(seed: 75)
    let network = NetworkBaseline(centre: .zeros([3]), units: 8, using: &generator)
    let learned = try trained(PolicyGradient(baseline: network))
    let relaxed = try trained(StepwiseRELAX(vocabulary: 3, stateSize: 3, using: &generator))
    #expect(learned < 0.8 * plain, "\(learned) of \(plain)")
    #expect(relaxed < 0.8 * plain, "\(relaxed) of \(plain)")
  }

  @Test("roll-outs of any token, and a state that is the prefix alone")
  func states() {
    let q = smallGenerator()
    let sequences = Classes(Indices([0, 1, 2, 0, 0, 1, 1, 2], shape: [2, 4]), classCount: 3)
    let states = q.states(before: sequences).features
    #expect(states.shape == [2, 4, 3])
    func state(_ row: Int, _ step: Int) -> [Scalar] {
      states.sliced(along: 0, at: row).sliced(along: 0, at: step).scalars
    }
    for step in 0..<3 { #expect(state(0, step) == state(1, step)) }
    #expect(state(0, 3) != state(1, 3))
  }
}

struct SequenceGradientExactnessTests {
  private let isDouble = MemoryLayout<Scalar>.size == 8

  @Test("rewards to go are discounted sums from the end")
  func rewardToGo() {
    let rewards = Rewards(Tensor([1, 2, 4, 0, 1, 0], shape: [2, 3]))
    #expect(rewards.toGo().values.scalars == [7, 6, 4, 1, 1, 0])
    #expect(rewards.toGo(discount: 0.5).values.scalars == [3, 4, 4, 0.5, 1, 0])
    #expect(rewards.toGo(discount: 0).values.scalars == [1, 2, 4, 0, 1, 0])
    #expect(rewards.toGo(discount: 0.5).total.scalars == [7, 1])
  }

  @Test("dense rewards to go have the exact gradient of their sum, over all sequences")
  func denseRewards() {
    let q = smallGenerator()
    let states = q.states()
    // What token t brings depends on it and the one before.
    let rewards = Rewards(
      Tensor(
        (0..<81).flatMap { row in
          (0..<4).map { step in
            let tokens = states.indices.values[row * 4..<row * 4 + 4]
            let token = tokens[row * 4 + step]
            let before = step == 0 ? 0 : tokens[row * 4 + step - 1]
            return Scalar(token) * 0.3 + (token == before ? 0.5 : 0)
          }
        }, shape: [81, 4]))
    var (exactly, sampled) = (q, q)
    let exact = valueWithGradient(at: &exactly) {
      -($0.logProbability(states).exp() * rewards.values.sum(along: 1)).sum()
    }.gradient
    let weights = q.logProbability(states).exp().detached()
    var policy = PolicyGradient(baseline: .constant(initial: -0.4))
    let reward = rewards.toGo()
    // The mean over rows times the rows, each with its probability: the baseline is a constant, so that rows are apart.
    let mean = valueWithGradient(at: &sampled) { q in
      (0..<81).map { row in
        let one = RewardToGo(
          reward.values.sliced(along: 0, row..<row + 1),
          total: reward.total.sliced(along: 0, row..<row + 1))
        return policy.expectation(over: q, at: states.rows([row]), reward: one)
          * weights.sliced(along: 0, at: row)
      }.reduce(Tensor(0), +)
    }.gradient
    for (a, b) in zip(exact.namedParameters(), mean.namedParameters()) {
      for (x, y) in zip(a.tensor.scalars, b.tensor.scalars) {
        #expect(abs(x - y) < (isDouble ? 1e-12 : 2e-5))
      }
    }
  }

  @Test("hard relaxed sequences are one-hot and follow the law")
  func hard() {
    let q = smallGenerator(vocabulary: 3, length: 2)
    var generator = Philox(seed: 81)
    let count = 20_000
    let points = q.relaxed(count, temperature: 0.7, using: &generator)
    #expect(points.shape == [count, 2, 3])
    #expect(points.scalars.allSatisfy { $0 == 0 || $0 == 1 })
    let tokens = points.argmax(along: 2).values
    let law = q.logProbability(q.states()).exp().scalars
    for state in 0..<9 {
      let found = (0..<count).filter {
        Int(tokens[2 * $0]) == state % 3 && Int(tokens[2 * $0 + 1]) == state / 3
      }.count
      let p = Double(law[state])
      let deviation = (p * (1 - p) / Double(count)).squareRoot()
      #expect(abs(Double(found) / Double(count) - p) < 5 * deviation + 1e-5)
    }
  }

  @Test(
    "judges of points say of one-hot ones what they say of tokens; soft ones have the slope of their value"
  )
  func judges() {
    var generator = Philox(seed: 82)
    let q = smallGenerator()
    let some = q.sample(6, using: &generator)
    let convolutional = SequenceDiscriminator(
      vocabulary: 3, embeddingSize: 4, filters: [.init(width: 2, count: 5)], using: &generator)
    let recurrent = TokenDiscriminator(
      vocabulary: 3, embeddingSize: 4, units: 5, using: &generator)
    func check(_ judge: some SequenceJudge) {
      let (a, b) = (judge.probability(of: some), judge.probability(ofRelaxed: some.oneHot))
      for (x, y) in zip(a.scalars, b.scalars) { #expect(abs(x - y) < 1e-6) }
      // With soft tokens the objective is a function of the weights, whose slope can be measured.
      func value(_ q: SequenceGenerator) -> Tensor {
        var noise = Philox(seed: 83)
        return judge.probability(
          ofRelaxed: q.relaxed(4, temperature: 0.9, isHard: false, using: &noise)
        ).mean()
      }
      var point = q
      let slope = valueWithGradient(at: &point) { value($0) }.gradient
      let step: Scalar = isDouble ? 1e-6 : 1e-2
      for place in 0..<6 {
        func moved(_ by: Scalar) -> Double {
          var q = q
          var weights = q.embedding.weight.scalars
          weights[place] += by
          q.embedding.weight = Tensor(weights, shape: q.embedding.weight.shape)
          return Double(value(q).item)
        }
        let measured = (moved(step) - moved(-step)) / Double(2 * step)
        #expect(
          abs(measured - Double(slope.embedding.weight.scalars[place])) < (isDouble ? 1e-8 : 1e-3))
      }
    }
    check(convolutional)
    check(recurrent)
    let each = recurrent.tokenProbabilities(of: some)
    #expect(each.shape == [6, 4])
  }

  @Test("what fills up an ended sequence is not judged, whether tokens or points")
  func judgingEnds() throws {
    var generator = Philox(seed: 84)
    let judge = TokenDiscriminator(
      vocabulary: 3, end: 0, embeddingSize: 4, units: 5, dropout: 0, decay: 0, using: &generator)
    let some = Classes(Indices([1, 0, 0, 0, 2, 1, 2, 1], shape: [2, 4]), classCount: 3)
    let each = judge.tokenProbabilities(of: some).scalars
    let expected = [(each[0] + each[1]) / 2, each[4..<8].reduce(0, +) / 4]
    for found in [judge.probability(of: some), judge.probability(ofRelaxed: some.oneHot)] {
      for (a, b) in zip(found.scalars, expected) { #expect(abs(a - b) < 1e-6) }
    }
    // Six tokens that live, of data and of samples alike.
    let lives = [0, 1, 4, 5, 6, 7]
    let losses = lives.map { -log(Double(each[$0])) - log(1 - Double(each[$0])) }
    let loss = judge.loss(data: some, generated: some, using: &generator)
    #expect(abs(Double(loss.item) - losses.reduce(0, +) / 12) < 1e-6)
    // A step by rewards per token has the mean of those probabilities to tell.
    var gan = SequenceGAN(
      generator: SequenceGenerator(
        vocabulary: 3, length: 4, embeddingSize: 2, units: 3, end: 0, using: &generator),
      discriminator: judge, gradient: PolicyGradient(baseline: .none))
    var noise = Philox(seed: 85)
    var copy = noise
    let sample = gan.generator.sample(16, using: &copy)
    #expect(sample.tokenCount(end: 0) < 64)
    let told = try gan.followTokens(16, discount: 1, using: &noise)
    #expect(abs(told - Double(judge.probability(of: sample).mean().item)) < 1e-6)
  }
}
