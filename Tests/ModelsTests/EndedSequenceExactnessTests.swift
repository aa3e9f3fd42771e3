import DiscreteTesting
import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct EndedSequenceExactnessTests {
  private static var model: SequenceGenerator {
    var generator = Philox(seed: 63)
    return SequenceGenerator(
      vocabulary: 3, length: 4, embeddingSize: 2, units: 3, start: 1, end: 1, deviation: 1,
      using: &generator)
  }

  private static func moved(_ parameters: Tensor) -> SequenceGenerator {
    var model = model
    model.output.weight = parameters.reshaped([3, 3])
    return model
  }

  @Test("sequences that end are a law; there is one for every way to end")
  func law() {
    // 1 + 2 + 4 + 8 that end, and 16 that do not.
    #expect(Self.model.stateCount == 31 && Self.model.states().shape == [31, 4])
    let check = DistributionCheck(
      at: Self.model.output.weight.reshaped([9]), tolerance: SequenceLaws.tolerance,
      features: SequenceLaws.tokens,
      distribution: Self.moved)
    #expect(check.failures(draws: 20_000, falseAlarmRate: 1e-6, seed: 64) == [])
  }

  @Test("an end that is impossible makes ended sequences so, and the rest a law")
  func impossibleEnd() {
    var model = Self.model
    model.output.bias = Tensor([0.2, -.infinity, -0.1])
    let states = model.states()
    let logs = model.logProbability(states).scalars
    #expect(logs.filter { $0 == -.infinity }.count == 15 && logs.allSatisfy { !$0.isNaN })
    #expect(abs(Double(logs.reduce(0) { $0 + exp($1) }) - 1) < SequenceLaws.tolerance)
    let lives = model.logProbabilities(states).scalars
    #expect(lives.allSatisfy { !$0.isNaN })
    var generator = Philox(seed: 68)
    #expect(!model.sample(300, using: &generator).indices.values.contains(1))
    let slopes = valueWithGradient(at: &model) { model in
      model.logProbability(states, weightedBy: .ones(states.shape))
    }.gradient
    #expect(slopes.namedParameters().allSatisfy { $0.tensor.allFinite })
  }

  @Test("what fills a sequence up costs nothing and is not a token")
  func padding() {
    let model = Self.model
    let ended = Classes(Indices([0, 1, 1, 1, 2, 0, 2, 1], shape: [2, 4]), classCount: 3)
    let logs = model.logProbabilities(ended).scalars
    #expect(logs[2] == 0 && logs[3] == 0 && logs[..<2].allSatisfy { $0 < 0 })
    #expect(logs[4...].allSatisfy { $0 < 0 })
    #expect(ended.tokenCount(end: 1) == 6 && ended.tokenCount(end: nil) == 8)
    let total = logs.reduce(0.0) { $0 + Double($1) }
    #expect(abs(model.negativeLogLikelihood(of: ended) + total / 6) < SequenceLaws.tolerance)
  }

  @Test("completions of what has ended are that, and a start that is the end ends nothing")
  func completions() {
    let model = Self.model
    var generator = Philox(seed: 65)
    let prefix = Classes(Indices([0, 1, 2, 0], shape: [2, 2]), classCount: 3)
    for _ in 0..<20 {
      let whole = model.completing(prefix, using: &generator).indices.values
      #expect(whole[..<4] == [0, 1, 1, 1] && whole[4..<6] == [2, 0])
    }
    let first = model.sample(300, using: &generator)
    #expect(Set((0..<300).map { first.indices.values[$0 * 4] }) == [0, 1, 2])
  }

  @Test("roll-outs end where completions do")
  func rollOuts() {
    let model = Self.model
    var generator = Philox(seed: 66)
    let ended = Classes(Indices([2, 1, 1, 1], shape: [1, 4]), classCount: 3)
    let rewards = model.rollOutRewards(of: ended, copies: 50, using: &generator) { sequences in
      Tensor(
        (0..<sequences.shape[0]).map { Scalar(sequences.rows([$0]).tokenCount(end: 1)) })
    }
    #expect(rewards.scalars[1...].allSatisfy { $0 == 2 } && rewards.scalars[0] > 2)
  }
}
