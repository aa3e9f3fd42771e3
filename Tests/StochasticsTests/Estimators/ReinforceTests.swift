import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The randomness of REINFORCE is finite: every draw of its samples is listed and weighted, and the mean is exact.
@Suite("REINFORCE")
struct ReinforceExactnessTests {
  typealias Law = Prescribed<Bernoulli>

  @Test("one sample, no baseline", arguments: BitCost.allCases)
  func plain(cost: BitCost) {
    let estimator = Reinforce<Law, NoBaseline>(baseline: .none)
    #expect(ThreeBits.error(of: estimator, samples: 1, cost: cost.callAsFunction) < rounding)
  }

  @Test("three samples", arguments: BitCost.allCases)
  func threeSamples(cost: BitCost) {
    let estimator = Reinforce<Law, NoBaseline>(samples: 3, baseline: .none)
    #expect(ThreeBits.error(of: estimator, samples: 3, cost: cost.callAsFunction) < rounding)
  }

  @Test("a constant baseline", arguments: BitCost.allCases)
  func constant(cost: BitCost) {
    let estimator = Reinforce<Law, ConstantBaseline>(baseline: .constant(initial: 1.7))
    #expect(ThreeBits.error(of: estimator, samples: 1, cost: cost.callAsFunction) < rounding)
  }

  @Test("a moving average that has seen costs", arguments: BitCost.allCases)
  func movingAverage(cost: BitCost) {
    let estimator = Reinforce<Law, MovingAverageBaseline>(baseline: .movingAverage())
      .warmedUp(samples: 1)
    #expect(estimator.baseline.value.item != 0)
    #expect(ThreeBits.error(of: estimator, samples: 1, cost: cost.callAsFunction) < rounding)
  }

  @Test("a network of the context", arguments: BitCost.allCases)
  func network(cost: BitCost) {
    var generator = Philox(seed: 5)
    let network = NetworkBaseline(centre: Tensor([0.2, 0.4]), units: 4, using: &generator)
    let estimator = Reinforce<Law, NetworkBaseline>(baseline: network)
    let error = ThreeBits.error(
      of: estimator, samples: 1, given: Tensor([1, 0]), cost: cost.callAsFunction)
    #expect(error < rounding)
  }

  @Test("leave-one-out", arguments: BitCost.allCases, [2, 3])
  func leaveOneOut(cost: BitCost, samples: Int) {
    let estimator = Reinforce<Law, LeaveOneOutBaseline>(samples: samples, baseline: .leaveOneOut)
    #expect(ThreeBits.error(of: estimator, samples: samples, cost: cost.callAsFunction) < rounding)
  }
}

@Suite("REINFORCE's state")
struct ReinforceTests {
  @Test("the value is the mean cost, whatever the baseline")
  func value() {
    var generator = Philox(seed: 3)
    let q = Bernoulli(logits: .zeros([2, 3]))
    var plain = Reinforce<Bernoulli, NoBaseline>(samples: 5, baseline: .none)
    var based = Reinforce<Bernoulli, ConstantBaseline>(
      samples: 5, baseline: .constant(initial: 100))
    var copy = generator
    let cost = { (z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1) }
    let a = plain.expectation(over: q, using: &generator, ofBlackBox: cost)
    let b = based.expectation(over: q, using: &copy, ofBlackBox: cost)
    #expect(a.shape == [2])
    #expect(a.scalars == b.scalars)
  }

  @Test("the baseline's loss does not follow the sign or scale of the objective")
  func passenger() {
    let q = Bernoulli(logits: .zeros([1, 3]))
    func slope(scale: Scalar) -> Scalar {
      var generator = Philox(seed: 3)
      var estimator = Reinforce<Bernoulli, ConstantBaseline>(
        baseline: .constant(initial: 10))
      let (_, gradient) = valueWithGradient(at: &estimator) { estimator in
        estimator.expectation(
          over: q, using: &generator,
          ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1) }
        ).sum() * scale
      }
      return gradient.baseline.value.item
    }
    #expect(slope(scale: 1) == slope(scale: -7))
    #expect(slope(scale: 1) != 0)
  }

  @Test("leave-one-out refuses a single sample")
  func singleSample() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 0)
      var estimator = Reinforce<Bernoulli, LeaveOneOutBaseline>(baseline: .leaveOneOut)
      _ = estimator.expectation(
        over: Bernoulli(logits: .zeros([1, 1])), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1) })
    }
  }
}
