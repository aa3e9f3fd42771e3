import DiscreteTesting
import Foundation
import Stochastics
import Tensors
import Testing

// The page "Write your own" shows what stands between the two lines, to the letter.
// BEGIN
/// REINFORCE whose baseline is the cost at the most probable state.
struct SelfCritical<Distribution: DiscreteDistribution>: BlackBoxGradientEstimator, Stateless {
  let mode: @Sendable (Distribution) -> Distribution.Sample

  var bias: Bias { .unbiased }

  func evaluations(over q: Distribution) -> Int? { 2 }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(1, using: &generator)
    let f = try cost(z, &generator)
    let signal = f.detached() - (try cost(mode(q), &generator)).detached()
    let score = q.logProbability(z) * signal
    return (f + score - score.detached()).mean(along: 0)
  }
}
// END

/// The same, but for an axis of its one sample that it forgets to average over.
private struct Unaveraged<Distribution: DiscreteDistribution>: BlackBoxGradientEstimator, Stateless
{
  var own: SelfCritical<Distribution>

  var bias: Bias { .unbiased }

  func evaluations(over q: Distribution) -> Int? { 2 }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    try own.expectation(over: q, given: context, using: &generator, ofBlackBox: cost)
      .expandingDimensions(at: 0)
  }
}

struct WriteYourOwnTests {
  static let text = try? String(contentsOf: URL(filePath: #filePath), encoding: .utf8)

  @Test("the page shows this file's estimator, which keeps every promise")
  func page() throws {
    let own = try #require(Self.text)
    let code = try #require(
      own.split(separator: "// BEGIN\n").last?.split(separator: "// END").first)
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Stochastics/Stochastics.docc/WriteYourOwn.md"),
      encoding: .utf8)
    #expect(page.contains("```swift\n\(code)```"))
    let critical = SelfCritical<Prescribed<Bernoulli>>(
      mode: { Bits($0.base.logits.detached().step().expandingDimensions(at: 0)) })
    for cost in Cost.allCases {
      #expect(bits.check(cost).failures(of: critical).map(\.description) == [])
    }
    let unaveraged = Unaveraged(own: critical)
    #expect(bits.check(.linear).failures(of: unaveraged).map(\.promise) == [.shape])
  }
}
