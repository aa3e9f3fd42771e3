import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// Estimators of differentiable costs whose only randomness is the sample: every draw is listed.
@Suite("MuProp and double control variates")
struct DifferentiableExactnessTests {
  @Test("MuProp keeps every promise", arguments: Cost.allCases, [1, 2])
  func muProp(cost: Cost, samples: Int) {
    let found = bits.check(cost).failures(of: .muProp(samples: samples), samples: samples)
    #expect(found.map(\.description) == [])
    let other = classes.check(cost).failures(of: .muProp(samples: samples), samples: samples)
    #expect(other.map(\.description) == [])
  }

  @Test(
    "double control variates keep every promise", arguments: Cost.allCases,
    [-0.75, 0, 0.5] as [Scalar])
  func doubleControlVariate(cost: Cost, coefficient: Scalar) {
    for samples in [2, 3] {
      let found = bits.check(cost).failures(
        of: .doubleControlVariate(samples: samples, coefficient: coefficient), samples: samples)
      #expect(found.map(\.description) == [])
    }
    let other = classes.check(cost).failures(
      of: .doubleControlVariate(coefficient: coefficient), samples: 2)
    #expect(other.map(\.description) == [])
  }

  @Test("MuProp has no variance on a linear cost")
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

/// Biased estimators have known means: exact where their condition holds, the closed form elsewhere.
@Suite("Straight-through and ReinMax")
struct StraightThroughExactnessTests {
  @Test("straight-through is exact for costs that are linear in each variable")
  func multilinear() {
    for cost in [Cost.constant, .linear, .product] {
      #expect(bits.check(cost).failures(of: .straightThrough()).map(\.description) == [])
    }
    #expect(
      classes.check(.linear).failures(of: .straightThrough()).map(\.description) == [])
  }

  @Test("straight-through is not for a square: its mean is J(p) E[f']")
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

  @Test("ReinMax is exact for costs at most quadratic in each variable", arguments: Cost.allCases)
  func quadratic(cost: Cost) {
    #expect(bits.check(cost).failures(of: .reinMax()).map(\.description) == [])
    #expect(classes.check(cost).failures(of: .reinMax()).map(\.description) == [])
  }

  @Test("ReinMax is not for a cube")
  func cube() {
    let check = EstimatorCheck<Bernoulli>(
      .bits(1), at: [0.3], costParameters: [0], tolerance: rounding,
      cost: { z, _ in
        let x = z.sum(along: -1)
        return x * x * x
      })
    #expect(Set(check.failures(of: .reinMax()).map(\.promise)) == [.gradient, .isolation])
  }
}
