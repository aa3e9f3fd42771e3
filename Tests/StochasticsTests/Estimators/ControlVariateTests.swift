import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct ControlVariateTests {
  static let weights = Tensor([0.7, -1.3, 2.0])
  static let table = Tensor([0.7, -1.3, 2.0, 0.1, 0.9, -0.4], shape: [2, 3])

  /// h linear in the bits, whose expectation is the same function of the mean.
  static let ofBits = KnownExpectation<Prescribed<Bernoulli>>(
    value: { ($0.tensor * weights).sum(along: -1) },
    expectation: { ($0.base.mean * weights).sum(along: -1) })

  /// h a sum of one number for every class.
  static let ofClasses = KnownExpectation<Prescribed<Categorical>>(
    value: { ($0.oneHot * table).sum(along: -1).sum(along: -1) },
    expectation: { ($0.base.probabilities * table).sum(along: -1).sum(along: -1) })

  static func failures<Base>(
    _ cost: Cost, on problem: Problem<Base>, _ h: KnownExpectation<Prescribed<Base>>,
    coefficient: ControlVariate<Prescribed<Base>>.Coefficient = .fitted(decay: 0.9),
    samples: Int = 1
  ) -> [String] {
    let estimator = problem.warmedUp(
      ControlVariate(h, coefficient: coefficient, samples: samples))
    return problem.check(cost).failures(of: estimator, samples: samples).map(\.description)
  }

  @Test("any fixed coefficient", arguments: Cost.allCases, [-1.5, 0, 0.4] as [Scalar])
  func fixed(cost: Cost, coefficient: Scalar) {
    #expect(Self.failures(cost, on: bits, Self.ofBits, coefficient: .fixed(coefficient)) == [])
    #expect(
      Self.failures(cost, on: classes, Self.ofClasses, coefficient: .fixed(coefficient)) == [])
  }

  @Test("a coefficient fitted online", arguments: Cost.allCases, [1, 2])
  func fitted(cost: Cost, samples: Int) {
    #expect(bits.warmedUp(ControlVariate(Self.ofBits)).currentCoefficient != 0)
    #expect(Self.failures(cost, on: bits, Self.ofBits, samples: samples) == [])
    #expect(Self.failures(cost, on: classes, Self.ofClasses, samples: samples) == [])
  }

  @Test("a linear cost leaves nothing but its own variance once h is the cost")
  func perfectVariate() {
    // With h = f and a = -1 the score term vanishes and the gradient of E[h] remains: variance
    // zero.
    let cost = KnownExpectation<Bernoulli>(
      value: { ($0.tensor * Self.weights).sum(along: -1) },
      expectation: { ($0.mean * Self.weights).sum(along: -1) })
    var estimator = ControlVariate<Bernoulli>(cost, coefficient: .fixed(-1))
    var generator = Philox(seed: 4)
    var moments = Moments(coordinates: 3)
    for _ in 0..<50 {
      moments.add(
        gradient(at: bits.parameters) { logits in
          estimator.expectation(
            over: Bernoulli(logits: logits.expandingDimensions(at: 0)), using: &generator,
            ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in
              (z.tensor * Self.weights).sum(along: -1)
            }
          ).sum()
        })
    }
    #expect(moments.variance.allSatisfy { $0 < rounding })
  }
}
