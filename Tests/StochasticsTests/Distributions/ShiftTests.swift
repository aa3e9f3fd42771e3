import DiscreteTesting
import Foundation
import Learning
import Tensors
import Testing

@testable import Stochastics

/// A number added to all scores changes nothing: noise is not rounded to the steps of large ones.
struct ShiftTests {
  // 200,000 draws each, false alarms 1e-6.
  static let draws = 200_000

  static func isUniform(_ classes: [Int32], count: Int) -> Bool {
    var counts = [Int](repeating: 0, count: count)
    for label in classes { counts[Int(label)] += 1 }
    let law = [Double](repeating: 1 / Double(count), count: count)
    return ChiSquare(observed: counts, probabilities: law).pValue > 1e-6
  }

  @Test(
    "ties are ties: Gumbel-max, relaxed samples and orders, chi-square",
    arguments: [1e6, -1e6] as [Scalar])
  func ties(shift: Scalar) {
    var generator = Philox(seed: 91)
    let scores = Tensor([shift, shift, shift, shift])
    let q = Categorical(logits: scores.reshaped([1, 4]))
    #expect(
      Self.isUniform(q.sampleByGumbelMax(Self.draws, using: &generator).indices.values, count: 4))
    let wide = Categorical(logits: .full(shift, [1, 200]))
    #expect(
      Self.isUniform(
        wide.sampleByGumbelMax(Self.draws, using: &generator).indices.values, count: 200))
    for isHard in [false, true] {
      let points = q.relaxed(Self.draws, temperature: 0.7, isHard: isHard, using: &generator)
      #expect(Self.isUniform(points.argmax(along: -1).values, count: 4))
    }
    let concrete = Concrete(logits: scores, temperature: 0.7)
    #expect(
      Self.isUniform(
        concrete.sample(Self.draws, using: &generator).argmax(along: -1).values, count: 4))
    #expect(
      Self.isUniform(
        concrete.sampleLog(Self.draws, using: &generator).argmax(along: -1).values, count: 4))
    let orders = PlackettLuce(logScores: scores)
    let z = orders.perturbation(orders.noise(Self.draws, using: &generator))
    for sample in [orders.sample(Self.draws, using: &generator), orders.harden(z)] {
      #expect(
        Self.isUniform(
          sample.places.values.enumerated().filter { $0.offset % 4 == 1 }.map(\.element), count: 4))
    }
    let sort = NeuralSort(logWorths: scores, temperature: 1, count: Self.draws, using: &generator)
    #expect(
      Self.isUniform(
        sort.order.values.enumerated().filter { $0.offset % 4 == 0 }.map(\.element), count: 4))
    let matching = GumbelMatching(scores: .full(shift, [2, 2]))
    let first = matching.sample(Self.draws, using: &generator).indices.values
    #expect(
      Self.isUniform(first.enumerated().filter { $0.offset % 2 == 0 }.map(\.element), count: 2))
    let set = KSubset(logits: scores, size: 1).sample(Self.draws, using: &generator)
    #expect(Self.isUniform(set.tensor.argmax(along: -1).values, count: 4))
  }

  @Test("gaps below a far score are kept: 200,000 orders, chi-square")
  func gaps() {
    var generator = Philox(seed: 92)
    let orders = PlackettLuce(logScores: [1e7, 0, 0.5])
    let second = orders.sample(Self.draws, using: &generator).indices.values.enumerated()
      .filter { $0.offset % 3 == 1 }.map { $0.element == 1 ? 0 : 1 }
    let ones = second.reduce(0, +)
    let p = 0.622_459_331_201_854_6
    #expect(
      ChiSquare(observed: [Self.draws - ones, ones], probabilities: [1 - p, p]).pValue > 1e-6)
  }

  @Test("what is common goes, masks and gradients stay")
  func commonPart() {
    let infinity = Scalar.infinity
    let scores = Tensor(
      [
        5, 7, 6, -5, -7, -6, 5, -7, 6, -infinity, 7, 6, -infinity, -infinity, -infinity, infinity,
        2, 3,
      ],
      shape: [6, 3])
    #expect(
      scores.withoutCommonPart().scalars == [
        0, 2, 1, 0, -2, -1, 5, -7, 6, -infinity, 1, 0, -infinity, -infinity, -infinity, infinity, 0,
        1,
      ])
    let slopes = gradient(at: [5, 7]) { ($0.withoutCommonPart() * Tensor([2, 3])).sum() }
    #expect(slopes.scalars == [2, 3])
    #expect(Tensor.zeros([2, 0]).withoutCommonPart().shape == [2, 0])
  }
}
