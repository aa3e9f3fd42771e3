import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The only randomness is the sample: every draw is listed.
struct DoubleControlVariateTests {
  @Test(
    "keeps every promise", arguments: Cost.allCases,
    [-0.75, 0, 0.5] as [Scalar])
  func promises(cost: Cost, coefficient: Scalar) {
    for samples in [2, 3] {
      let found = bits.check(cost).failures(
        of: .doubleControlVariate(samples: samples, coefficient: coefficient), samples: samples)
      #expect(found.map(\.description) == [])
    }
    let other = classes.check(cost).failures(
      of: .doubleControlVariate(coefficient: coefficient), samples: 2)
    #expect(other.map(\.description) == [])
  }

  @Test("keeps every promise on structures and subsets", arguments: Cost.allCases)
  func structures(cost: Cost) {
    func expect<Base: MomentDistribution>(_ problem: Problem<Base>) {
      let found = problem.check(cost).failures(of: .doubleControlVariate(samples: 2), samples: 2)
      #expect(found.map(\.description) == [])
    }
    expect(structured(Chain(steps: 2, labels: 2)))
    expect(structured(BinaryTree(leaves: 4)))
    expect(structured(SpanningTree(vertices: 3)))
    expect(
      structured(.subsets(of: 2, among: 4), parts: 4) { KSubset(logits: $0, size: 2) })
  }
}
