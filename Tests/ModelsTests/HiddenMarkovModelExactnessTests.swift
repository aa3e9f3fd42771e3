import DiscreteTesting
import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct HiddenMarkovModelExactnessTests {
  private static func chain(_ parameters: Tensor, length: Int = 4) -> HiddenMarkovModel {
    HiddenMarkovModel(
      initial: parameters.sliced(along: 0, 0..<2),
      transition: parameters.sliced(along: 0, 2..<6).reshaped([2, 2]),
      emission: parameters.sliced(along: 0, 6..<12).reshaped([2, 3]), length: length)
  }

  private static var parameters: Tensor {
    var generator = Philox(seed: 61)
    return .randomNormal([12], using: &generator) * 1.5
  }

  @Test("the forward recursion sums over all chains of states")
  func chains() {
    let model = Self.chain(Self.parameters)
    func rows(_ tensor: Tensor) -> [[Double]] {
      let width = tensor.shape[tensor.rank - 1]
      let scalars = tensor.softmax(along: tensor.rank - 1).scalars.map { Double($0) }
      return stride(from: 0, to: scalars.count, by: width).map { Array(scalars[$0..<$0 + width]) }
    }
    let (first, next, token) = (
      rows(model.initial)[0], rows(model.transition), rows(model.emission)
    )
    let states = model.states()
    #expect(states.shape == [81, 4])
    for (row, found) in model.logProbability(states).scalars.enumerated() {
      let sequence = states.indices.values[row * 4..<row * 4 + 4].map { Int($0) }
      let exact = (0..<16).reduce(0.0) { sum, code in
        let hidden = (0..<4).map { code >> $0 & 1 }
        var p = first[hidden[0]] * token[hidden[0]][sequence[0]]
        for step in 1..<4 {
          p *= next[hidden[step - 1]][hidden[step]] * token[hidden[step]][sequence[step]]
        }
        return sum + p
      }
      #expect(abs(Double(found) - log(exact)) < SequenceLaws.tolerance)
    }
  }

  @Test(
    "a law: sums to one, scores of mean zero, samples by their probability, the same by equal seeds"
  )
  func law() {
    let check = DistributionCheck(
      at: Self.parameters, tolerance: SequenceLaws.tolerance, features: SequenceLaws.tokens,
      distribution: { Self.chain($0) })
    #expect(check.failures(draws: 20_000, falseAlarmRate: 1e-6, seed: 62) == [])
  }

  @Test("chains that are all but impossible have finite likelihoods")
  func impossible() {
    let model = HiddenMarkovModel(
      initial: Tensor([0, -300]), transition: Tensor([0, -400, -400, 0], shape: [2, 2]),
      emission: Tensor([0, -500, -500, 0], shape: [2, 2]), length: 3)
    let sample = Classes(Indices([0, 1, 0], shape: [1, 3]), classCount: 2)
    // Staying in the first state costs the one odd token.
    #expect(abs(Double(model.logProbability(sample).scalars[0]) + 500) < 1e-3)
  }

  @Test(
    "a token that no state emits is impossible wherever it stands, and has no gradient that is not a number"
  )
  func noState() {
    let model = HiddenMarkovModel(
      initial: Tensor([0, 0.3]), transition: Tensor([0, 1, 0.5, 0], shape: [2, 2]),
      emission: Tensor([0, 0.2, -.infinity, 0.1, 0, -.infinity], shape: [2, 3]), length: 3)
    let sample = Classes(
      Indices([2, 0, 1, 0, 2, 1, 0, 1, 2, 0, 1, 0], shape: [4, 3]), classCount: 3)
    let logs = model.logProbability(sample).scalars
    #expect(logs[..<3].allSatisfy { $0 == -.infinity } && logs[3].isFinite)
    let steps = model.logProbabilities(sample).scalars
    #expect(steps.filter { $0 == -.infinity }.count == 3 && steps.allSatisfy { !$0.isNaN })
    let total = model.logProbability(model.states()).exp().sum().item
    #expect(abs(Double(total) - 1) < SequenceLaws.tolerance)
    let slopes = gradient(at: model.transition) { transition in
      var moved = model
      moved.transition = transition
      return moved.logProbability(model.states()).exp()
    }
    #expect(slopes.scalars.allSatisfy { abs(Double($0)) < SequenceLaws.tolerance })
  }

  @Test("a thousand steps of improbable tokens do not underflow")
  func longSequences() {
    let model = HiddenMarkovModel(
      initial: .zeros([2]), transition: .zeros([2, 2]),
      emission: Tensor([0, 20, 0, 20], shape: [2, 2]), length: 1000)
    let sample = Classes(
      Indices([Int](repeating: 0, count: 1000), shape: [1, 1000]), classCount: 2)
    #expect(abs(model.negativeLogLikelihood(of: sample) - 20) < 1e-4)
  }
}
