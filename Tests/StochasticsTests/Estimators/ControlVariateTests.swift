import DiscreteTesting
import Stochastics
import Tensors
import Testing

@Suite("The general control variate")
struct ControlVariateExactnessTests {
  typealias Law = Prescribed<Bernoulli>

  static let weights = Tensor([0.7, -1.3, 2.0])

  /// h(z) = w · z, whose expectation is w · p.
  static let linear = KnownExpectation<Law>(
    value: { (($0.tensor * weights).sum(along: -1)) },
    expectation: { ($0.base.mean * weights).sum(along: -1) })

  @Test("any fixed coefficient", arguments: BitCost.allCases, [-1.5, 0, 0.4] as [Scalar])
  func fixed(cost: BitCost, coefficient: Scalar) {
    let estimator = ControlVariate<Law>(Self.linear, coefficient: .fixed(coefficient))
    #expect(ThreeBits.error(of: estimator, samples: 1, cost: cost.callAsFunction) < rounding)
  }

  @Test("a coefficient fitted online", arguments: BitCost.allCases)
  func fitted(cost: BitCost) {
    let estimator = ControlVariate<Law>(Self.linear).warmedUp(samples: 1)
    #expect(estimator.currentCoefficient != 0)
    #expect(ThreeBits.error(of: estimator, samples: 1, cost: cost.callAsFunction) < rounding)
  }

  @Test("without the gradient of E[h] it is biased: the classic slip")
  func classicSlip() {
    let careless = KnownExpectation<Law>(
      value: Self.linear.value, expectation: { Self.linear.expectation($0).detached() })
    let estimator = ControlVariate<Law>(careless, coefficient: .fixed(-1))
    #expect(ThreeBits.error(of: estimator, samples: 1, cost: BitCost.linear.callAsFunction) > 0.1)
  }

  @Test("a linear cost leaves nothing but its own variance once h is the cost")
  func perfectVariate() {
    // With h = f and a = -1 the score term vanishes and the gradient of E[h] remains: variance zero.
    let cost = KnownExpectation<Bernoulli>(
      value: { ($0.tensor * Self.weights).sum(along: -1) },
      expectation: { ($0.mean * Self.weights).sum(along: -1) })
    var estimator = ControlVariate<Bernoulli>(cost, coefficient: .fixed(-1))
    var generator = Philox(seed: 4)
    var moments = Moments(coordinates: 3)
    for _ in 0..<50 {
      moments.add(
        gradient(at: ThreeBits.logits) { logits in
          estimator.expectation(
            over: Bernoulli(logits: logits.expandingDimensions(at: 0)), using: &generator,
            ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in
              (z.tensor * Self.weights).sum(along: -1)
            }
          ).sum()
        })
    }
    #expect(moments.variance.allSatisfy { $0 < Double(rounding) })
  }
}
