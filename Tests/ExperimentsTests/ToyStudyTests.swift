import Experiments
import Stochastics
import Testing

struct ToyStudyTests {
  @Test("one bit finds the right end, and RELAX has a tenth of the variance of REINFORCE")
  func bit() throws {
    let results = try ToyStudy<Bernoulli>.bit(target: 0.45, steps: 1500, seeds: 3).results()
    #expect(results.map(\.name) == ["REINFORCE", "REBAR", "RELAX"])
    #expect(results.allSatisfy { $0.right == 3 && $0.runs == 3 })
    let variances = try results.map { try #require($0.curve.last).logVariance }
    #expect(variances[2] < variances[0] - 1)
  }

  @Test("an order ends at the identity, whose cost is known")
  func order() throws {
    let exact = try #require(
      try ToyStudy<PlackettLuce>.order(items: 3, steps: 1500, seeds: 1).results().first)
    #expect(exact.name == "exact" && exact.right == 1)
    // Of three items the identity costs 3 (1 - d)² + 6 o², d = 1/3 + 0.05 and o = 1/3 - 0.025.
    #expect(abs(try #require(exact.curve.last).cost - 1.71125) < 5e-3)
  }
}
