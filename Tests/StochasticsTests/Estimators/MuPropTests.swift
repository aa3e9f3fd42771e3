import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The only randomness is the sample: every draw is listed.
struct MuPropTests {
  @Test("keeps every promise", arguments: Cost.allCases, [1, 2])
  func promises(cost: Cost, samples: Int) {
    let found = bits.check(cost).failures(of: .muProp(samples: samples), samples: samples)
    #expect(found.map(\.description) == [])
    let other = classes.check(cost).failures(of: .muProp(samples: samples), samples: samples)
    #expect(other.map(\.description) == [])
  }

  @Test("no variance on a linear cost")
  func linear() {
    var generator = Philox(seed: 1)
    var estimator = MuProp<Bernoulli>()
    let slopes = gradient(at: .zeros([50, 3]) + bits.parameters) { logits in
      estimator.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in Cost.linear(z) })
    }
    #expect(slopes.variance(along: 0).scalars.allSatisfy { Double($0) < rounding })
  }
}
