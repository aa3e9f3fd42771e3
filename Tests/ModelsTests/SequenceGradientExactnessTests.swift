import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

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
    // The mean over rows times the rows, each with its probability: the baseline is a constant, so
    // that rows are apart.
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
