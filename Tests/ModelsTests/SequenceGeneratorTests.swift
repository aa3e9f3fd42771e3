import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

/// A generator with logits of order one.
func smallGenerator(vocabulary: Int = 3, length: Int = 4, seed: UInt64 = 31) -> SequenceGenerator {
  var generator = Philox(seed: seed)
  return SequenceGenerator(
    vocabulary: vocabulary, length: length, embeddingSize: 2, units: 3, deviation: 1,
    using: &generator)
}

struct SequenceGeneratorTests {
  @Test("ancestral samples are as frequent as they are probable")
  func frequencies() {
    let q = smallGenerator()
    var generator = Philox(seed: 32)
    let count = 40_000
    let sample = q.sample(count, using: &generator)
    var found = [Int](repeating: 0, count: 81)
    for row in 0..<count {
      var place = 0
      for step in (0..<4).reversed() {
        place = place * 3 + Int(sample.indices.values[row * 4 + step])
      }
      found[place] += 1
    }
    let probabilities = q.logProbability(q.states()).scalars.map { exp(Double($0)) }
    for (found, p) in zip(found, probabilities) {
      let deviation = (p * (1 - p) / Double(count)).squareRoot()
      #expect(abs(Double(found) / Double(count) - p) < 5 * deviation + 1e-5)
    }
  }

  @Test("the likelihood in parts is that of the whole")
  func likelihood() {
    let q = smallGenerator(vocabulary: 2000, length: 20)
    var generator = Philox(seed: 33)
    let sample = q.sample(250, using: &generator)
    let whole = -Double(q.logProbabilities(sample).mean().item)
    #expect(abs(q.negativeLogLikelihood(of: sample) - whole) < 1e-4)
    var again = Philox(seed: 33)
    #expect(q.sample(250, using: &again) == sample)
  }

  @Test("completions keep their prefix, and follow the law given it")
  func completions() {
    let q = smallGenerator()
    var generator = Philox(seed: 34)
    let count = 20_000
    let prefix = Classes(
      Indices([Int](repeating: 2, count: count), shape: [count, 1]), classCount: 3)
    let sample = q.completing(prefix, using: &generator)
    #expect(sample.shape == [count, 4])
    let seconds = (0..<count).map { sample.indices.values[$0 * 4 + 1] }
    #expect((0..<count).allSatisfy { sample.indices.values[$0 * 4] == 2 })
    let given = Classes(
      Indices([2, 0, 0, 0, 2, 1, 0, 0, 2, 2, 0, 0], shape: [3, 4]), classCount: 3)
    for (token, logP) in q.logProbabilities(given).sliced(along: 1, at: 1).scalars.enumerated() {
      let share = Double(seconds.filter { $0 == Int32(token) }.count) / Double(count)
      #expect(abs(share - exp(Double(logP))) < 0.02)
    }
    let whole = sample.rows([0, 1])
    #expect(q.completing(whole, using: &generator) == whole)
  }

  @Test("greedy, top k, nucleus and temperature")
  func rules() {
    let logits = Tensor([1, 3, 2, 0, 0, 0, 5, 1], shape: [2, 4])
    func kept(_ rule: SamplingRule) -> [[Int]] {
      let scalars = rule.applied(to: logits).scalars
      return (0..<2).map { row in (0..<4).filter { scalars[row * 4 + $0].isFinite } }
    }
    #expect(kept(.greedy) == [[1], [2]])
    #expect(kept(SamplingRule(topK: 2)) == [[1, 2], [2, 3]])
    #expect(kept(SamplingRule(topK: 9)) == [[0, 1, 2, 3], [0, 1, 2, 3]])
    // Probabilities 0.087, 0.644, 0.237, 0.032 and 0.969 for the third of the other row.
    #expect(kept(SamplingRule(nucleus: 0.6)) == [[1], [2]])
    #expect(kept(SamplingRule(nucleus: 0.9)) == [[0, 1, 2], [2]])
    #expect(kept(SamplingRule(nucleus: 1)).map(\.count) == [4, 4])
    #expect(SamplingRule(temperature: 0.5).applied(to: logits).scalars == (logits * 2).scalars)

    // Of equally likely tokens the first.
    func places(_ logits: [Scalar], _ rule: SamplingRule) -> [Int] {
      let scalars = rule.applied(to: Tensor(logits, shape: [1, logits.count])).scalars
      return scalars.indices.filter { scalars[$0].isFinite }
    }
    #expect(places([1, 1, 1, 0], SamplingRule(topK: 2)) == [0, 1])
    #expect(places([0, 1, 1], .greedy) == [1])
    #expect(places([0, 1, 1, 1], SamplingRule(topK: 3)) == [1, 2, 3])
    #expect(places([1, 1, 1, 1], SamplingRule(nucleus: 0.5)) == [0, 1])
    #expect(places([2, 2, 2, 0], SamplingRule(topK: 3, nucleus: 0.6)) == [0, 1])
    #expect(
      places([0, -1, 0], SamplingRule(temperature: Scalar.leastNormalMagnitude / 8, topK: 1)) == [0]
    )

    let q = smallGenerator()
    let greedy = q.greedy()
    let first = q.logProbabilities(
      Classes(Indices([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0], shape: [3, 4]), classCount: 3))
    #expect(
      greedy.indices.values[0] == first.sliced(along: 1, at: 0).argmax(along: 0).values[0])
  }
}

struct SequenceGeneratorExactnessTests {
  @Test("all sequences of three tokens and length four have probability one together")
  func total() {
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-5
    let q = smallGenerator()
    let states = q.states()
    #expect(states.shape == [81, 4] && q.stateCount == 81)
    #expect(Set((0..<81).map { states.rows([$0]).indices.values }).count == 81)
    let sum = q.logProbability(states).scalars.reduce(0.0) { $0 + exp(Double($1)) }
    #expect(abs(sum - 1) < tolerance)
    let byStep = q.logProbabilities(states).sum(along: -1)
    for (a, b) in zip(byStep.scalars, q.logProbability(states).scalars) {
      #expect(abs(a - b) < Scalar(tolerance))
    }
  }
}

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
