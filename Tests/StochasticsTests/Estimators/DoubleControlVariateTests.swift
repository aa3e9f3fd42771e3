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
}
