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

  @Test("keeps every promise on structures and subsets", arguments: Cost.allCases)
  func structures(cost: Cost) {
    func expect<Base: MomentDistribution>(_ problem: Problem<Base>) {
      let found = problem.check(cost).failures(of: .muProp(samples: 1), samples: 1)
      #expect(found.map(\.description) == [])
    }
    expect(structured(Chain(steps: 2, labels: 2)))
    expect(structured(BinaryTree(leaves: 4)))
    expect(structured(SpanningTree(vertices: 3)))
    expect(
      structured(.subsets(of: 2, among: 4), parts: 4) { KSubset(logits: $0, size: 2) })
  }
}
