import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct PolicyGradientTests {
  private let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-5

  private static func reward(_ tokens: ArraySlice<Int32>) -> Scalar {
    var value: Scalar = 0.1
    for (step, token) in tokens.enumerated() {
      value += (token == Int32(step % 3) ? 0.3 : 0) + Scalar(token) * 0.05
    }
    return value
  }

  private static func rewards(_ sequences: Classes) -> Tensor {
    let length = sequences.shape[1]
    return Tensor(
      (0..<sequences.shape[0]).map {
        reward(sequences.indices.values[$0 * length..<($0 + 1) * length])
      })
  }

  /// The expected reward given every prefix of one sequence, by enumeration.
  private static func exactValues(_ q: SequenceGenerator, of sequence: [Int32]) -> [Scalar] {
    let states = q.states()
    let probabilities = q.logProbability(states).scalars.map { exp(Double($0)) }
    let rewards = rewards(states).scalars
    return (1...q.length).map { given in
      var (sum, whole) = (0.0, 0.0)
      for place in probabilities.indices {
        let tokens = states.indices.values[place * q.length..<(place + 1) * q.length]
        guard tokens.prefix(given).elementsEqual(sequence.prefix(given)) else { continue }
        sum += probabilities[place] * Double(rewards[place])
        whole += probabilities[place]
      }
      return Scalar(sum / whole)
    }
  }

  private func flat(_ gradient: SequenceGenerator) -> [Double] {
    gradient.namedParameters().flatMap { $0.tensor.scalars.map { Double($0) } }
  }

  private func exactGradient(_ q: SequenceGenerator) -> [Double] {
    var q = q
    let states = q.states()
    let rewards = Self.rewards(states)
    return flat(
      valueWithGradient(at: &q) { ($0.logProbability(states).exp() * rewards).sum() }.gradient)
  }

  /// The mean of the estimator over all samples of so many sequences, each with its probability.
  private func meanGradient<B: Baseline>(
    _ q: SequenceGenerator, count: Int, baseline: B, usesTotals: Bool
  ) -> [Double] {
    let states = q.states()
    let n = states.shape[0]
    let probabilities = q.logProbability(states).scalars.map { exp(Double($0)) }
    let values = (0..<n).map { place -> [Scalar] in
      let tokens = Array(states.rows([place]).indices.values)
      guard usesTotals else { return Self.exactValues(q, of: tokens) }
      return [Scalar](repeating: Self.reward(tokens[...]), count: q.length)
    }
    var mean = [Double](repeating: 0, count: flat(q).count)
    let draws = count == 1 ? n : n * n
    for draw in 0..<draws {
      let places = count == 1 ? [draw] : [draw % n, draw / n]
      let sample = states.rows(places)
      let costs = Tensor(places.flatMap { values[$0] }, shape: [count, q.length])
      var point = q
      var estimator = PolicyGradient(baseline: baseline)
      let gradient = valueWithGradient(at: &point) {
        estimator.expectation(over: $0, at: sample, reward: RewardToGo(ofLast: -costs))
      }.gradient
      let weight = places.reduce(1.0) { $0 * probabilities[$1] }
      for (index, value) in flat(gradient).enumerated() { mean[index] += weight * value }
    }
    return mean
  }

  @Test("the mean over all sequences is the exact gradient", arguments: [false, true])
  func enumeration(usesTotals: Bool) {
    let q = smallGenerator()
    let exact = exactGradient(q)
    let mean = meanGradient(q, count: 1, baseline: .none, usesTotals: usesTotals)
    #expect(exact.map(abs).max() ?? 0 > 0.01)
    for (a, b) in zip(mean, exact) { #expect(abs(a - b) < tolerance) }
    let constant = meanGradient(
      q, count: 1, baseline: .constant(initial: 0.7), usesTotals: usesTotals)
    for (a, b) in zip(constant, exact) { #expect(abs(a - b) < tolerance) }
  }

  @Test("leave-one-out by step is unbiased over all pairs")
  func leaveOneOut() {
    let q = smallGenerator(vocabulary: 2, length: 3)
    let exact = exactGradient(q)
    let mean = meanGradient(q, count: 2, baseline: .leaveOneOut, usesTotals: false)
    for (a, b) in zip(mean, exact) { #expect(abs(a - b) < tolerance) }
  }

  @Test("roll-outs have the expected reward given the prefix, the last step its own")
  func rollOuts() {
    let q = smallGenerator()
    var generator = Philox(seed: 41)
    let sequences = Classes(Indices([0, 1, 2, 0, 2, 2, 1, 1], shape: [2, 4]), classCount: 3)
    let found = q.rollOutRewards(
      of: sequences, copies: 20_000, using: &generator, reward: Self.rewards
    ).scalars
    for row in 0..<2 {
      let tokens = Array(sequences.rows([row]).indices.values)
      for (step, exact) in Self.exactValues(q, of: tokens).enumerated() {
        // Rewards lie within 2 of each other, so five deviations of the mean are 0.04 at most.
        #expect(abs(found[row * 4 + step] - exact) < (step == 3 ? 1e-5 : 0.04))
      }
    }
  }

  @Test("a discriminator learns what it is taught, and a generator follows it")
  func adversarial() throws {
    let generator = smallGenerator(vocabulary: 4, length: 5)
    var noise = Philox(seed: 51)
    let discriminator = SequenceDiscriminator(
      vocabulary: 4, embeddingSize: 4, filters: [.init(width: 1, count: 8)], using: &noise)
    var gan = SequenceGAN(
      generator: generator, discriminator: discriminator,
      gradient: PolicyGradient(baseline: .leaveOneOut),
      learningRate: 0.03, discriminatorLearningRate: 0.01)
    let data = Classes(Indices([Int](repeating: 3, count: 320), shape: [64, 5]), classCount: 4)
    var losses: [Double] = []
    for _ in 0..<5 {
      losses.append(
        try gan.teachDiscriminator(with: data, epochs: 3, batchSize: 32, using: &noise))
    }
    #expect(losses[4] < losses[0] - 0.1)
    var rewards: [Double] = []
    for _ in 0..<30 {
      rewards.append(try gan.followDiscriminator(32, rollOuts: 4, using: &noise))
    }
    #expect(rewards[20...].reduce(0, +) > rewards[..<10].reduce(0, +) + 0.5)
    #expect(rewards.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test("the copy that rolls out keeps four fifths of itself a step, but for its embedding")
  func lag() throws {
    var noise = Philox(seed: 52)
    let discriminator = SequenceDiscriminator(
      vocabulary: 3, embeddingSize: 4, filters: [.init(width: 2, count: 4)], using: &noise)
    var gan = SequenceGAN(
      generator: smallGenerator(), discriminator: discriminator,
      gradient: PolicyGradient(baseline: .leaveOneOut), learningRate: 0.1)
    for _ in 0..<2 {
      let before = gan.rollOut.namedParameters()
      _ = try gan.followDiscriminator(8, rollOuts: 2, lag: 0.8, using: &noise)
      let (after, new) = (gan.rollOut.namedParameters(), gan.generator.namedParameters())
      #expect(after.count == 6 && before.count == 6 && new.count == 6)
      for place in after.indices {
        #expect(new[place].tensor.scalars != before[place].tensor.scalars)
        let isCopied = after[place].name.hasPrefix("embedding")
        let expected =
          isCopied
          ? new[place].tensor : before[place].tensor * 0.8 + new[place].tensor * 0.2
        for (a, b) in zip(after[place].tensor.scalars, expected.scalars) {
          #expect(isCopied ? a == b : abs(a - b) < 1e-6, "\(after[place].name)")
        }
      }
    }
  }
}
