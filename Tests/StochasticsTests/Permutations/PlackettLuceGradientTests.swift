import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct PlackettLuceGradientTests {
  static let scores = Tensor([0.3, -0.8, 1.1, 0.2, -0.4, 0.9, 0.5, 0, -0.1, 0.7], shape: [2, 5])
  static let whole = Orders(
    Indices([2, 0, 1, 4, 3, 0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 1, 3, 0, 2, 4], shape: [2, 2, 5]),
    itemCount: 5)
  static let lists = Orders(
    Indices([2, 0, 1, 4, 4, 3, 1, 3], shape: [2, 2, 2]), itemCount: 5)

  static let functions: [(String, @Sendable (PlackettLuce) -> Tensor)] = [
    ("log-probability", { $0.logProbability(whole) }),
    ("of lists", { $0.logProbability(lists) }),
    ("of sub-rankings", { $0.logProbability(ofSubRanking: lists) }),
    ("of each place", { $0.logProbabilities(lists) }),
    ("of sets", { $0.logProbability(ofUnordered: lists) }),
    ("entropy", { $0.entropy(along: whole) }),
    ("entropy of lists", { $0.entropy(along: lists) }),
    (
      "divergence",
      { $0.klDivergence(to: PlackettLuce(logScores: scores * 0.5 + 0.1), along: whole) }
    ),
    (
      "divergence from another",
      { PlackettLuce(logScores: scores * 0.5 + 0.1).klDivergence(to: $0, along: whole) }
    ),
    ("conditional", { $0.conditional(on: whole, noise: Tensor.zeros([2, 2, 5]) + scores * 2) }),
    (
      "relaxation",
      { $0.relax($0.perturbation(Tensor.zeros([1, 2, 5])), temperature: 1.5).matrix }
    ),
  ]

  @Test("agree with finite differences, first and second", arguments: functions.map(\.0))
  func differences(name: String) throws {
    let function = try #require(Self.functions.first { $0.0 == name }).1
    var generator = Philox(seed: 31)
    for order in [1, 2] {
      let report = checkGradient(
        of: { function(PlackettLuce(logScores: $0[0])) }, at: [Self.scores], order: order,
        using: &generator)
      #expect(report.passed, "\(name): \(report)")
    }
  }

  @Test("the score is the gradient of the log-probability")
  func score() {
    let q = PlackettLuce(logScores: Self.scores)
    let slope = gradient(at: Self.scores) {
      PlackettLuce(logScores: $0).logProbability(Self.whole).sum()
    }
    #expect((q.score(of: Self.whole).sum(along: 0) - slope).abs().sum().item < 1e-4)
  }

  @Test("long orders in segments equal the sum of their places", arguments: [63, 64, 200, 1001])
  func long(n: Int) {
    var generator = Philox(seed: 32)
    let scores = Tensor.randomNormal([3, n], using: &generator)
    for places in [n, n / 2, 1] {
      let lists = PlackettLuce(logScores: scores).top(places).sample(2, using: &generator)
      let (fused, slope) = valueWithGradient(at: scores) {
        PlackettLuce(logScores: $0).logProbability(lists).sum()
      }
      let (composed, reference) = valueWithGradient(at: scores) {
        PlackettLuce(logScores: $0).logProbabilities(lists).sum()
      }
      #expect(abs(fused.item - composed.item) < 1e-5 * abs(composed.item))
      #expect((slope - reference).abs().max(along: 1).max(along: 0).item < 1e-3)
    }
  }
}
