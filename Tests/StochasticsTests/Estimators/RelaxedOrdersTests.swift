import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct RelaxedOrdersTests {
  static let scores = Tensor([0.3, -0.8, 1.1, 0.2])
  static let all: [@Sendable (Temperature, Bool) -> RelaxedOrders] = [
    { .neuralSort(temperature: $0, isHard: $1) }, { .softSort(temperature: $0, isHard: $1) },
    { .softSort(.squared, temperature: $0, isHard: $1) },
    { .sinkhorn(temperature: $0, isHard: $1) },
  ]

  /// Value, gradient and point of a cost with a slope in every entry.
  static func estimate(
    _ estimator: some GradientEstimator<PlackettLuce>, at scores: Tensor = scores, seed: UInt64
  ) -> (value: Scalar, slope: [Scalar], point: [Scalar]) {
    var (estimator, generator, point) = (estimator, Philox(seed: seed), [Scalar]())
    var value: Scalar = 0
    let slope = gradient(at: scores) { scores in
      let result = estimator.expectation(
        over: PlackettLuce(logScores: scores), using: &generator
      ) { (z: Arrangement, _: inout Philox) -> Tensor in
        point = z.matrix.scalars
        return PlackettLuceEstimatorTests.cost(z.matrix)
      }
      value = result.item
      return result
    }
    return (value, slope.scalars, point)
  }

  @Test("by NeuralSort they are Gumbel-Softmax over orders", arguments: [false, true])
  func same(isHard: Bool) {
    let found = Self.estimate(
      RelaxedOrders.neuralSort(temperature: 0.5, isHard: isHard), seed: 41)
    let other = Self.estimate(
      GumbelSoftmax<PlackettLuce>(temperature: 0.5, isHard: isHard), seed: 41)
    #expect(found == other)
  }

  @Test(
    "hard points are the order of the keys, with a gradient; cold soft ones are near it",
    arguments: all.indices)
  func limits(index: Int) {
    for seed in 50..<60 as Range<UInt64> {
      var generator = Philox(seed: seed)
      let order = PlackettLuce(logScores: Self.scores).sample(1, using: &generator).matrix.scalars
      let hard = Self.estimate(Self.all[index](0.5, true), seed: seed)
      #expect(hard.point == order)
      #expect(hard.slope.contains { $0 != 0 } && hard.slope.allSatisfy { $0.isFinite })
      // Far apart, so that a plan converges in the cold.
      let cold = Self.estimate(Self.all[index](0.3, false), at: Self.scores * 100, seed: seed)
      let distance = zip(cold.point, [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0])
        .reduce(0) { $0 + abs($1.0 - $1.1) }
      #expect(distance < 0.05)
    }
  }

  @Test("what they say of themselves")
  func card() {
    let estimator = RelaxedOrders.softSort(samples: 3)
    #expect(estimator.bias == .biased && estimator.isRelaxed)
    #expect(!RelaxedOrders.sinkhorn(isHard: true).isRelaxed)
    #expect(estimator.evaluations(over: PlackettLuce(logScores: Self.scores)) == 3)
  }
}
