import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// A Bernoulli variable with one thing broken.
private struct Broken: EnumerableDistribution {
  enum Fault: CaseIterable {
    case biased, unnormalized, repeated, miscounted, stateful, unmoved, stuck, deaf, paired, shared
  }
  let base: Bernoulli
  let fault: Fault

  var batch: [Int] { base.batch }
  var stateCount: Int? { fault == .miscounted ? 3 : base.stateCount }

  func states() -> Bits {
    fault == .repeated ? Bits(Tensor.ones([2, 2, 1])) : base.states()
  }

  func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    switch fault {
    case .biased: return Bernoulli(logits: base.logits + 0.2).sample(count, using: &generator)
    case .stateful:
      var system = SystemRandomNumberGenerator()
      _ = generator.next()
      return base.sample(count, using: &system)
    case .unmoved:
      var copy = generator
      return base.sample(count, using: &copy)
    case .stuck:
      let word = generator.next()
      var copy = Philox(seed: word)
      let sample = base.sample(count, using: &copy)
      return word == 0 || word == .max ? Bits(sample.tensor + 2) : sample
    case .deaf:
      _ = generator.next()
      var own = Philox(seed: 42)
      return base.sample(count, using: &own)
    case .paired:
      let half = base.sample((count + 1) / 2, using: &generator).tensor
      let places = Indices((0..<count).map { $0 / 2 }, shape: [count])
      return Bits(half.gathering(places, along: 0))
    case .shared:
      let shape = base.sample(1, using: &generator).tensor.shape
      let one = Tensor.randomUniform([count, 1, 1], using: &generator)
      return Bits(
        (one .< base.logits.sigmoid()).broadcast(to: [count] + shape.dropFirst()))
    default: return base.sample(count, using: &generator)
    }
  }

  func logProbability(_ sample: Bits) -> Tensor {
    let logProbability = base.logProbability(sample)
    return fault == .unnormalized ? logProbability * 0.9 : logProbability
  }

  static func point(_ sample: Bits) -> Tensor { sample.tensor }
}

@Suite struct DistributionCheckTests {
  @Test("Every fault is found", arguments: Broken.Fault.allCases)
  fileprivate func faults(fault: Broken.Fault) {
    // Two batch entries of one bit, the second of its own logit.
    let check = DistributionCheck(at: Tensor([0.4, -0.2], shape: [2, 1]), tolerance: 1e-5) {
      Broken(base: Bernoulli(logits: $0), fault: fault)
    }
    #expect(!check.failures(draws: 20_000, falseAlarmRate: 1e-6, seed: 2).isEmpty)
  }

  // SciPy 1.17.1: scipy.stats.chi2.sf(x, k).
  @Test(
    "The chi-square survival function is SciPy's",
    arguments: [
      (1, 0.5, 0.47950012218695337), (1, 30, 4.3204630578274955e-08),
      (2, 3, 0.22313016014842982), (5, 40, 1.493367900050393e-07),
      (9, 2.5, 0.9808834914028134), (9, 60, 1.3406780483959625e-09),
      (100, 90, 0.7531979655998298), (100, 200, 1.1784500720979781e-08),
      (1023, 1200, 9.870605956167375e-05), (4, 1e-3, 0.9999998750416589),
    ] as [(Int, Double, Double)])
  func chiSquare(degreesOfFreedom: Int, x: Double, expected: Double) {
    let survival = chiSquareSurvival(x, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(survival - expected) <= 1e-11 * expected)
  }

  @Test("An impossible state is noticed however rare")
  func impossible() {
    let test = ChiSquare(observed: [500_000, 499_999, 1], probabilities: [0.5, 0.5, 0])
    #expect(test.pValue == 0)
  }
}
