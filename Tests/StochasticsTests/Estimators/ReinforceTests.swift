import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The randomness of REINFORCE is finite: every draw of its samples is listed and weighted, and the
/// mean is exact.
struct ReinforceTests {
  /// What is wrong with REINFORCE on both problems, after its baseline has seen costs.
  static func failures<B: Baseline>(
    _ cost: Cost, samples: Int, baseline: B, given context: Tensor? = nil
  ) -> [String] {
    func failures<Base>(on problem: Problem<Base>) -> [String] {
      let estimator = Reinforce<Prescribed<Base>, B>(samples: samples, baseline: baseline)
      return problem.check(cost)
        .failures(
          of: problem.warmedUp(estimator, given: context), samples: samples, given: context
        ).map(\.description)
    }
    return failures(on: bits) + failures(on: classes)
  }

  @Test("no baseline", arguments: Cost.allCases, [1, 2, 3])
  func plain(cost: Cost, samples: Int) {
    #expect(Self.failures(cost, samples: samples, baseline: .none) == [])
  }

  @Test("a constant baseline", arguments: Cost.allCases, [1, 2])
  func constant(cost: Cost, samples: Int) {
    #expect(Self.failures(cost, samples: samples, baseline: .constant(initial: 1.7)) == [])
  }

  @Test("a moving average that has seen costs", arguments: Cost.allCases, [1, 2])
  func movingAverage(cost: Cost, samples: Int) {
    let baseline = MovingAverageBaseline()
    let seen = bits.warmedUp(Reinforce(samples: samples, baseline: baseline)).baseline
    #expect(seen.value.item != 0)
    #expect(Self.failures(cost, samples: samples, baseline: baseline) == [])
  }

  @Test("a network of the context", arguments: Cost.allCases, [1, 2])
  func network(cost: Cost, samples: Int) {
    let failures = Self.failures(
      cost, samples: samples, baseline: Context.network, given: Context.features)
    #expect(failures == [])
  }

  @Test("leave-one-out", arguments: Cost.allCases, [2, 3])
  func leaveOneOut(cost: Cost, samples: Int) {
    #expect(Self.failures(cost, samples: samples, baseline: .leaveOneOut) == [])
  }

  @Test("the variance for one bit: the spread of f(b) (b - 1/2)", arguments: OneBit.targets)
  func variance(target: Scalar) {
    let (one, zero) = (Double(1 - target) * Double(1 - target), Double(target) * Double(target))
    // f(1) / 2 and -f(0) / 2, each half of the time.
    let expected = (one / 2 + zero / 2) * (one / 2 + zero / 2) / 4
    let found = OneBit.variance(
      of: Reinforce<Prescribed<Bernoulli>, _>(baseline: NoBaseline()), samples: 1, target: target)
    #expect(abs(found - expected) < rounding)
  }

  @Test(
    "leave-one-out has that of (f(1) - f(0)) / 4 where two samples differ",
    arguments: OneBit.targets)
  func leaveOneOutVariance(target: Scalar) {
    let difference = 1 - 2 * Double(target)
    // (f(1) - f(0)) / 2 half of the time and nothing else; its mean is half of that.
    let expected = difference * difference / 16
    let found = OneBit.variance(
      of: Reinforce<Prescribed<Bernoulli>, _>(samples: 2, baseline: LeaveOneOutBaseline()),
      samples: 2, target: target)
    #expect(abs(found - expected) < rounding)
  }

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
