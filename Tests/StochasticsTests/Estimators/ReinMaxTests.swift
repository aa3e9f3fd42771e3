import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// A biased estimator with a known mean: exact where its condition holds, the closed form
/// elsewhere.
struct ReinMaxTests {
  @Test("exact for costs at most quadratic in each variable", arguments: Cost.allCases)
  func quadratic(cost: Cost) {
    #expect(bits.check(cost).failures(of: .reinMax()).map(\.description) == [])
    #expect(classes.check(cost).failures(of: .reinMax()).map(\.description) == [])
  }

  @Test("not for a cube")
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
