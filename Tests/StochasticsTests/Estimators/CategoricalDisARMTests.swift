import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The samples of a draw are coupled, and their noise has no finite list: they are drawn for real.
struct CategoricalDisARMTests {
  @Test("drawn for real: 100,000 estimates, false alarms below 1e-6", arguments: Cost.allCases)
  func sampled(cost: Cost) {
    let found =
      sampledScores(.categoricalDisARM(tree: .balanced), classes, cost, rows: 100_000)
      + sampledScores(.categoricalDisARM(tree: .stickBreaking), classes, cost, rows: 100_000)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * found.count)
    #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
  }

  @Test("extreme and masked logits make no NaN")
  func extremes() {
    expectNoNaN(beside: CategoricalDisARM())
    expectNoNaN(beside: CategoricalDisARM(tree: .stickBreaking))
  }
}
