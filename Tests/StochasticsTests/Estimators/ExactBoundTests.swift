import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct ExactBoundTests {
  @Test("sums over all pairs of states")
  func value() {
    let logWeights: Tensor = [0.3, -1.2]
    var (bound, generator) = (ExactBound<Bernoulli>(samples: 2), Philox(seed: 0))
    let found = bound.bound(over: Bernoulli(logits: [0.4]), given: nil, using: &generator) { z, _ in
      let isOne = z.tensor.sliced(along: -1, at: 0)
      return isOne * logWeights.sliced(along: 0, at: 1)
        + (1 - isOne) * logWeights.sliced(along: 0, at: 0)
    }
    let p = Tensor(0.4).sigmoid()
    let weights = logWeights.exp()
    let mixed = ((weights.sliced(along: 0, at: 0) + weights.sliced(along: 0, at: 1)) / 2).log()
    let expected =
      (1 - p) * (1 - p) * logWeights.sliced(along: 0, at: 0) + 2 * p * (1 - p) * mixed
      + p * p * logWeights.sliced(along: 0, at: 1)
    #expect(abs(Double(found.sum().item - expected.item)) < rounding)
  }

  @Test("its gradient is that of finite differences")
  func gradient() {
    var generator = Philox(seed: 0)
    let report = checkGradient(
      of: { VIMCOTests.exact($0[0], samples: 2) }, at: [VIMCOTests.pair.parameters],
      using: &generator)
    #expect(report.passed, "\(report)")
  }
}
