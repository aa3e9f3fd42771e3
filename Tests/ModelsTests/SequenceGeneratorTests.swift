import Foundation
import Models
import Stochastics
import Tensors
import Testing

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

  private struct Pause: Error, Equatable {}

  @Test("a drawing that can be stopped between steps takes the bits of one that cannot")
  func betweenSteps() throws {
    var weights = Philox(seed: 35)
    let laws: [any SequenceLaw] = [
      smallGenerator(),
      HiddenMarkovModel(states: 3, vocabulary: 5, length: 4, using: &weights),
    ]
    for law in laws {
      var (one, other) = (Philox(seed: 36), Philox(seed: 36))
      var pauses = 0
      let sample = law.sample(50, using: &one, betweenSteps: { pauses += 1 })
      #expect(sample == law.sample(50, using: &other))
      #expect(one.next() == other.next() && pauses >= 4)
      for last in 1...pauses {
        var count = 0
        #expect(throws: Pause.self) {
          try law.sample(50, using: &one) { () throws(Pause) in
            count += 1
            if count == last { throw Pause() }
          }
        }
        #expect(count == last)
      }
    }
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
      places(
        [0, -1, 0], SamplingRule(temperature: Double(Scalar.leastNormalMagnitude / 8), topK: 1))
        == [0]
    )

    let q = smallGenerator()
    let greedy = q.greedy()
    let first = q.logProbabilities(
      Classes(Indices([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0], shape: [3, 4]), classCount: 3))
    #expect(
      greedy.indices.values[0] == first.sliced(along: 1, at: 0).argmax(along: 0).values[0])
  }
}
