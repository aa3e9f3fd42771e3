import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The only randomness is the sample: every draw is listed.
struct ReMaxTests {
  @Test("keeps every promise", arguments: Cost.allCases, [1, 2])
  func promises(cost: Cost, samples: Int) {
    let found = bits.check(cost).failures(of: .reMax(samples: samples), samples: samples)
    #expect(found.map(\.description) == [])
    let other = classes.check(cost).failures(of: .reMax(samples: samples), samples: samples)
    #expect(other.map(\.description) == [])
  }

  @Test("each draw's weight is its cost less that of the likeliest state")
  func weights() {
    let logits = Tensor([0.3, -0.8]).reshaped([1, 2])
    let bits = Bits(Tensor([1, 1, 0, 1], shape: [2, 1, 2]))
    // Of 2 a + b the likeliest state, (1, 0), has 2.
    let costs: [Scalar] = [3, 1]
    for row in 0..<2 {
      let z = Bits(bits.tensor.sliced(along: 0, row..<(row + 1)))
      var (estimator, generator) = (ReMax<Prescribed<Bernoulli>>(), Philox(seed: 0))
      let found = gradient(at: logits) {
        estimator.expectation(
          over: Prescribed(base: Bernoulli(logits: $0), samples: z), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in (z * Tensor([2, 1])).sum(along: -1) }
        ).sum()
      }
      let score = gradient(at: logits) { Bernoulli(logits: $0).logProbability(z).sum() }
      for (a, b) in zip(found.scalars, score.scalars) {
        #expect(abs(a - (costs[row] - 2) * b) < 1e-6)
      }
    }
  }

  @Test("the mode of every law is its likeliest state")
  func modes() {
    func isLikeliest<Q: ModalDistribution & EnumerableDistribution>(_ q: Q) -> Bool {
      let best = q.logProbability(q.mode()).item
      return q.logProbability(q.states()).scalars.allSatisfy { $0 <= best + 1e-5 }
    }
    #expect(isLikeliest(Bernoulli(logits: bits.parameters.reshaped([1, 3]))))
    #expect(isLikeliest(Categorical(logits: classes.parameters.reshaped([1, 2, 3]))))
    let scores = Tensor([0.3, -0.8, 1.1, 0.2]).reshaped([1, 4])
    #expect(isLikeliest(KSubset(logits: scores, size: 2)))
    #expect(isLikeliest(PlackettLuce(logScores: scores)))
    let parts = Chain(steps: 2, labels: 2)
    #expect(
      isLikeliest(
        Gibbs(
          logits: Tensor((0..<parts.partCount).map { Scalar($0 * 5 % 7) * 0.3 - 0.8 })
            .reshaped([1, parts.partCount]), structure: parts)))
  }
}
