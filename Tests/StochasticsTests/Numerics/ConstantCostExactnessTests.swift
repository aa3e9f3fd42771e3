import Stochastics
import Tensors
import Testing

/// A cost that never changes has no gradient: whatever compares costs with each other returns exact
/// zeros, since an optimizer that divides by the size of a gradient turns its rounding into steps.
struct ConstantCostExactnessTests {
  static let constants = [2.3, -0.7, 1e6 / 3, 1e30] as [Scalar]

  private static func slopes<D: DiscreteDistribution>(
    _ estimator: some GradientEstimator<D>, at parameters: Tensor, _ constant: Scalar,
    calls: Int = 1, _ make: (Tensor) -> D
  ) -> [Scalar] where D.Point: FeaturedPoint {
    var (estimator, generator) = (estimator, Philox(seed: 21))
    var result: [Scalar] = []
    for _ in 0..<calls {
      result =
        gradient(at: parameters) {
          let q = make($0)
          return estimator.expectation(
            over: q, using: &generator,
            of: { (z: D.Point, _: inout Philox) -> Tensor in
              .full(constant, [z.features.shape[0]] + q.batch)
            }
          ).sum()
        }.scalars
    }
    return result
  }

  private static func areZero<D: DiscreteDistribution>(
    _ estimator: some GradientEstimator<D>, at parameters: Tensor, calls: Int = 1,
    _ make: (Tensor) -> D
  ) -> Bool where D.Point: FeaturedPoint {
    constants.allSatisfy { constant in
      slopes(estimator, at: parameters, constant, calls: calls, make).allSatisfy { $0 == 0 }
    }
  }

  @Test("leaves exact zeros of bits", arguments: [2, 3, 6, 7])
  func bits(samples: Int) {
    let logits = Tensor([0.3, -1.1, 0.8, 0.2, -0.4, 0], shape: [2, 3])
    let estimators: [any GradientEstimator<Bernoulli>] = [
      Exact<Bernoulli>(), ARM(pairs: samples), DisARM(pairs: samples), ARMS(samples: samples),
      BitFlip(), UGC(), UnorderedSet<Bernoulli>(samples: samples),
      DoubleControlVariate<Bernoulli>(samples: samples), MuProp<Bernoulli>(samples: samples),
      Reinforce<Bernoulli, _>(samples: samples, baseline: LeaveOneOutBaseline()),
    ]
    for estimator in estimators {
      #expect(
        Self.areZero(estimator, at: logits) { Bernoulli(logits: $0) }, "\(type(of: estimator))")
    }
    // Of what it has seen before.
    #expect(
      Self.areZero(
        Reinforce<Bernoulli, _>(samples: samples, baseline: MovingAverageBaseline()), at: logits,
        calls: 3
      ) { Bernoulli(logits: $0) })
  }

  @Test("leaves exact zeros of classes", arguments: [2, 3, 6, 7])
  func classes(samples: Int) {
    let logits = Tensor([0.3, -0.4, 0.1, 0.8, -0.2, 0, 1, 1, -2, 0, 0, 3], shape: [2, 2, 3])
    let estimators: [any GradientEstimator<Categorical>] = [
      Exact<Categorical>(), CategoricalDisARM(pairs: samples), CARMS(pairs: samples), ARSM(),
      UnorderedSet<Categorical>(samples: samples),
      DoubleControlVariate<Categorical>(samples: samples),
      Reinforce<Categorical, _>(samples: samples, baseline: LeaveOneOutBaseline()),
    ]
    for estimator in estimators {
      #expect(
        Self.areZero(estimator, at: logits) { Categorical(logits: $0) }, "\(type(of: estimator))")
    }
  }

  @Test("leaves exact zeros of VIMCO's signals", arguments: [2, 3, 6, 7])
  func bound(samples: Int) {
    for mean in VIMCO<Bernoulli>.Mean.allCases {
      let vimco = VIMCO<Bernoulli>(samples: samples, mean: mean)
      for constant in Self.constants.dropLast() {
        let weights = Tensor.full(constant, [samples, 2])
        let signals = weights.logMeanExp() - vimco.leaveOneOutBounds(weights)
        #expect(signals.scalars.allSatisfy { $0 == 0 }, "\(mean), \(constant): \(signals.scalars)")
      }
    }
  }

  @Test("the mean of the others is theirs alone, where one cost dwarfs the rest")
  func dwarfed() {
    let costs = Tensor([1, 2, 4, 1e12, -.infinity], shape: [5, 1])
    let values = LeaveOneOutBaseline().values(for: costs.sliced(along: 0, 0..<4), given: nil)
      .scalars.map { Double($0) }
    #expect(abs(values[3] - 7.0 / 3) < 1e-6)
    #expect(values[0..<3].allSatisfy { abs($0 / (1e12 / 3) - 1) < 1e-6 })
    // And where one is infinite, its own baseline is that of the finite ones.
    let infinite = LeaveOneOutBaseline().values(for: costs, given: nil).scalars
    #expect(infinite[4].isFinite && infinite[0..<4].allSatisfy { $0 == -.infinity })
  }
}
