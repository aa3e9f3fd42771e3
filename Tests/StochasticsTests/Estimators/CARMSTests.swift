import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The samples of a draw are coupled, and their noise has no finite list: they are drawn for real.
struct CARMSTests {
  @Test("drawn for real: 100,000 estimates, false alarms below 1e-6", arguments: Cost.allCases)
  func sampled(cost: Cost) {
    let found = sampledScores(.carms(), classes, cost, rows: 100_000)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * found.count)
    #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
  }

  @Test("extreme and masked logits make no NaN")
  func extremes() { expectNoNaN(beside: CARMS()) }

  @Test("uniforms at both ends draw no impossible class, though the probabilities' sum is rounded")
  func ends() {
    var generator = Philox(seed: 2)
    for last in [-Scalar.infinity, -20] {
      let uneven = Tensor([Scalar](repeating: 0, count: 12) + [last], shape: [1, 13])
      for u in [Scalar(1).nextDown, Scalar.ulpOfOne / 4] {
        let first = Tensor.full(u, [1, 1])
        let slopes = gradient(at: uneven) {
          CARMS().expectation(
            over: Categorical(logits: $0), uniforms: (first, first),
            isMirrored: Tensor.ones([1, 1]), using: &generator
          ) { z, _ in
            #expect(last.isFinite || !z.indices.values.contains(12))
            return z.oneHot.sum(along: -1).sum(along: -1)
              + Tensor(z.indices.values.map { Scalar($0) })
          }
        }
        #expect(slopes.scalars.allSatisfy { $0.isFinite }, "\(slopes.scalars)")
      }
    }
  }
}
