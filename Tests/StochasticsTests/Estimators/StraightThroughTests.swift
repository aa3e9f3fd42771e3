import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// A biased estimator with a known mean: exact where its condition holds, the closed form
/// elsewhere.
struct StraightThroughTests {
  @Test("exact for costs that are linear in each variable")
  func multilinear() {
    for cost in [Cost.constant, .linear, .product] {
      #expect(bits.check(cost).failures(of: .straightThrough()).map(\.description) == [])
    }
    #expect(
      classes.check(.linear).failures(of: .straightThrough()).map(\.description) == [])
  }

  @Test("not for a square: its mean is J(p) E[f']")
  func square() {
    let found = bits.check(.quadratic).failures(of: .straightThrough())
    #expect(Set(found.map(\.promise)) == [.gradient, .isolation])
    // f = (1.5 z - 0.7)^2 for one bit: f'(1) = 2.4, f'(0) = -2.1.
    let p = Tensor(0.3).sigmoid().item
    let expected = (p * 2.4 - (1 - p) * 2.1) * p * (1 - p)
    let one = EstimatorCheck<Bernoulli>(
      .bits(1), at: [0.3], costParameters: [0], tolerance: rounding,
      cost: { z, _ in (z.sum(along: -1) * 1.5 - 0.7).squared() })
    let exact = (0.64 - 0.49) * p * (1 - p)
    let failures = one.failures(of: .straightThrough())
    #expect(abs((failures.first?.error ?? 0) - abs(Double(expected - exact))) < rounding)
  }

  @Test("on structures it is the covariance times the slope, exact for linear costs")
  func structures() {
    func expect<Base: MomentDistribution>(_ problem: Problem<Base>) {
      let linear = problem.check(.linear).failures(of: .straightThrough(), samples: 1)
      #expect(linear.map(\.description) == [])
      let broken = problem.check(.quadratic).failures(of: .straightThrough(), samples: 1)
      #expect(Set(broken.map(\.promise)) == [.gradient, .isolation])
    }
    expect(structured(Chain(steps: 2, labels: 2)))
    expect(structured(BinaryTree(leaves: 4)))
    expect(structured(SpanningTree(vertices: 4)))
    expect(
      structured(.subsets(of: 2, among: 4), parts: 4) { KSubset(logits: $0, size: 2) })
  }
}
