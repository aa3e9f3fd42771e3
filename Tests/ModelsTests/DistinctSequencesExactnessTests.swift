import DiscreteTesting
import Foundation
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct DistinctSequencesExactnessTests {
  /// Three tokens and length four: 81 sequences, or 31 where token 1 ends them.
  private static func model(end: Int?) -> SequenceGenerator {
    var generator = Philox(seed: 91)
    return SequenceGenerator(
      vocabulary: 3, length: 4, embeddingSize: 2, units: 3, end: end, deviation: 1.5,
      using: &generator)
  }

  private static func places(_ states: Classes) -> [[Int32]: Int] {
    Dictionary(
      uniqueKeysWithValues: (0..<states.shape[0]).map { (states.rows([$0]).indices.values, $0) })
  }

  private static func probabilities(_ q: SequenceGenerator) -> [Double] {
    q.logProbability(q.states()).scalars.map { exp(Double($0)) }
  }

  @Test(
    "pairs follow the law of drawing without replacement: 20,000 draws, false alarms 1e-6",
    arguments: [nil, 1])
  func pairs(end: Int?) {
    let q = Self.model(end: end)
    let p = Self.probabilities(q)
    let places = Self.places(q.states())
    var generator = Philox(seed: 92)
    var observed = [Int](repeating: 0, count: p.count * p.count)
    for _ in 0..<20_000 {
      let drawn = q.sampleDistinct(2, using: &generator)
      let found = (0..<2).compactMap { places[drawn.rows([$0]).indices.values] }
      observed[found[0] * p.count + found[1]] += 1
    }
    let exact = p.indices.flatMap { first in
      p.indices.map { $0 == first ? 0 : p[first] * p[$0] / (1 - p[first]) }
    }
    #expect(ChiSquare(observed: observed, probabilities: exact).pValue > 1e-6)
    // The law with replacement is told apart.
    let wrong = p.indices.flatMap { first in p.indices.map { p[first] * p[$0] } }
    #expect(ChiSquare(observed: observed, probabilities: wrong).pValue < 1e-6)
  }

  @Test("all that there are, once each, and their perturbed log-probabilities fall")
  func all() {
    let q = Self.model(end: 1)
    var generator = Philox(seed: 93)
    let drawn = q.distinct(40, using: &generator)
    #expect(drawn.sequences.shape == [31, 4] && drawn.threshold == -.infinity)

    #expect(Self.places(drawn.sequences).count == 31)
    #expect(drawn.perturbed == drawn.perturbed.sorted(by: >))
    let logs = q.logProbability(drawn.sequences).scalars
    for (a, b) in zip(logs, drawn.logProbabilities) { #expect(abs(Double(a) - b) < 1e-5) }
    #expect(abs(drawn.mean(of: [Double](repeating: 2, count: 31)) - 2) < 1e-5)
  }

  @Test("the weighted mean has no bias: 4,000 draws of three, five standard errors")
  func unbiased() {
    let q = Self.model(end: nil)
    func value(_ tokens: some Sequence<Int32>) -> Double {
      tokens.enumerated().reduce(1) { $0 + Double($1.element) * Double($1.offset - 1) }
    }
    let states = q.states()
    let exact = zip(Self.probabilities(q), 0...).reduce(0.0) {
      $0 + $1.0 * value(states.rows([$1.1]).indices.values)
    }
    var generator = Philox(seed: 94)
    let means = (0..<4000).map { _ in
      let drawn = q.distinct(3, using: &generator)
      return drawn.mean(of: (0..<3).map { value(drawn.sequences.rows([$0]).indices.values) })
    }
    let mean = means.reduce(0, +) / 4000
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999
    #expect(abs(mean - exact) < 5 * (variance / 4000).squareRoot())
    #expect((variance / 4000).squareRoot() < 0.1)
  }

  @Test("what is left out follows the law given that: 20,000 draws, false alarms 1e-6")
  func excluding() {
    let q = Self.model(end: 1)
    let p = Self.probabilities(q)
    let states = q.states()
    let places = Self.places(states)
    let best = q.likeliest(3)
    var exact = p
    for row in 0..<3 { exact[places[best.rows([row]).indices.values] ?? 0] = 0 }
    let rest = exact.reduce(0, +)
    var generator = Philox(seed: 95)
    let drawn = q.sample(20_000, excluding: best, using: &generator)
    var observed = [Int](repeating: 0, count: p.count)
    for row in 0..<20_000 { observed[places[drawn.rows([row]).indices.values] ?? 0] += 1 }
    #expect(
      ChiSquare(observed: observed, probabilities: exact.map { $0 / rest }).pValue > 1e-6)
  }

  @Test("the unordered-set gradient is exact over all pairs")
  func unorderedSet() {
    var noise = Philox(seed: 96)
    let q = SequenceGenerator(
      vocabulary: 2, length: 3, embeddingSize: 2, units: 2, deviation: 1, using: &noise)
    let states = q.states()
    let p = Self.probabilities(q)
    func cost(_ sample: Classes) -> Tensor {
      Tensor(
        (0..<sample.shape[0]).map { row in
          let tokens = sample.rows([row]).indices.values
          return Scalar(tokens[0]) - 2 * Scalar(tokens[1] * tokens[2]) + 0.3 * Scalar(tokens[2])
        })
    }
    func flat(_ q: SequenceGenerator) -> [Double] {
      q.namedParameters().flatMap { $0.tensor.scalars.map { Double($0) } }
    }
    var point = q
    let exact = flat(
      valueWithGradient(at: &point) { ($0.logProbability(states).exp() * cost(states)).sum() }
        .gradient)
    var mean = [Double](repeating: 0, count: exact.count)
    for first in p.indices {
      for second in p.indices where second != first {
        var point = q
        let gradient = valueWithGradient(at: &point) { q in
          var generator = Philox(seed: 0)
          return UnorderedSet<SequenceGenerator>(samples: 2).expectation(
            over: q, states: states.rows([first, second]), using: &generator
          ) { sample, _ in cost(sample) }
        }.gradient
        let weight = p[first] * p[second] / (1 - p[first])
        for (place, value) in flat(gradient).enumerated() { mean[place] += weight * value }
      }
    }
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-10 : 1e-4
    #expect((exact.map(abs).max() ?? 0) > 0.01)
    for (a, b) in zip(mean, exact) { #expect(abs(a - b) < tolerance) }
  }
}
