import Foundation
import Models
import Stochastics
import Tensors
import Testing

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
