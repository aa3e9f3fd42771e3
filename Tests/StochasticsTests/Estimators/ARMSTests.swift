import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The samples of a draw are coupled, and their noise has no finite list: they are drawn for real.
struct ARMSTests {
  @Test("drawn for real: 100,000 estimates, false alarms below 1e-6", arguments: Cost.allCases)
  func sampled(cost: Cost) {
    let found =
      sampledScores(.arms(samples: 3), bits, cost, rows: 100_000)
      + sampledScores(.arms(samples: 5), bits, cost, rows: 100_000)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * found.count)
    #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
  }

  @Test("with two samples it is DisARM: the same second moments")
  func pair() {
    func variance(_ estimator: some GradientEstimator<Bernoulli>) -> [Scalar] {
      var (estimator, generator) = (estimator, Philox(seed: 5))
      return gradient(at: .zeros([200_000, 3]) + bits.parameters) { logits in
        estimator.expectation(
          over: Bernoulli(logits: logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in Cost.quadratic(z) })
      }.variance(along: 0).scalars
    }
    for (a, b) in zip(variance(ARMS(samples: 2)), variance(DisARM())) {
      #expect(abs(a / b - 1) < 0.02)
    }
  }

  @Test("extreme logits make no NaN")
  func extremes() {
    var generator = Philox(seed: 2)
    var arms = ARMS(samples: 3)
    let slopes = gradient(at: [1e4, -1e4, 0]) {
      arms.expectation(
        over: Bernoulli(logits: $0), using: &generator, ofEach: { $0[0] ? 1 : 0 })
    }
    #expect(slopes.scalars.allSatisfy { $0.isFinite })
  }
}
