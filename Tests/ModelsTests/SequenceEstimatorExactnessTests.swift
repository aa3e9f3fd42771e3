import DiscreteTesting
import Models
import Stochastics
import Tensors
import Testing

/// Estimators over a generator of 81 sequences whose black-box cost no sum over tokens gives,
/// beside the exact gradient in its weights.
struct SequenceEstimatorExactnessTests {
  private typealias Draws = Prescribed<SequenceGenerator>
  private typealias Estimate = (value: Double, slope: [Double])

  private static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-10 : 1e-4

  private static func cost(_ sample: Classes, _: inout Philox) -> Tensor {
    -SequenceGradientTests.reward(sample)
  }

  private static func estimate(
    at q: SequenceGenerator, by body: (SequenceGenerator) -> Tensor
  ) -> Estimate {
    var point = q
    let found = valueWithGradient(at: &point) { body($0) }
    return (Double(found.value), SequenceGradientTests.flat(found.gradient))
  }

  private static func exact() -> Estimate {
    estimate(at: smallGenerator()) { q in
      var (estimator, generator) = (Exact<SequenceGenerator>(), Philox(seed: 0))
      return estimator.expectation(over: q, using: &generator, ofBlackBox: cost)
    }
  }

  /// The largest difference to the exact value and slope, times a factor.
  private static func error(of found: Estimate, times factor: Double = 1) -> Double {
    let exact = exact()
    return zip(found.slope, exact.slope).map { abs($0 - $1 * factor) }
      .reduce(abs(found.value - exact.value), max)
  }

  /// Every draw of one or two sequences, as places of states: [samples][draws].
  private static func places(samples: Int) -> [[Int]] {
    samples == 1 ? [Array(0..<81)] : [(0..<6561).map { $0 % 81 }, (0..<6561).map { $0 / 81 }]
  }

  /// The mean over every draw, each a batch entry weighted by its probability.
  ///
  /// The estimator has been called once before, so that what an earlier call leaves behind is not
  /// zero.
  private static func mean(
    of estimator: some BlackBoxGradientEstimator<Draws>, samples: Int = 1,
    given context: Tensor? = nil
  ) -> Estimate {
    let q = smallGenerator()
    let listed = places(samples: samples)
    let draws = Classes(
      q.states().rows(listed.flatMap { $0 }).indices.reshaped([samples, listed[0].count, 4]),
      classCount: 3)
    let weights = q.logProbability(draws).sum(along: 0).exp()
    var (estimator, generator) = (estimator, Philox(seed: 0))
    _ = estimator.expectation(
      over: Draws(base: q, samples: draws), given: context, using: &generator, ofBlackBox: cost)
    return estimate(at: q) { q in
      let values = estimator.expectation(
        over: Draws(base: q, samples: draws), given: context, using: &generator,
        ofBlackBox: cost)
      return (values * weights).sum()
    }
  }

  /// The same of a policy gradient, which has no batch: a call for every draw.
  private static func mean<B: Baseline>(of policy: PolicyGradient<B>, samples: Int) -> Estimate {
    let q = smallGenerator()
    let states = q.states()
    let p = q.logProbability(states).exp().scalars.map { Double($0) }
    func costs(_ sequences: Classes) -> Tensor {
      (-SequenceGradientTests.reward(sequences)).expandingDimensions(at: 1)
        .broadcast(to: sequences.shape)
    }
    var warm = policy
    _ = warm.expectation(over: q, at: states, reward: RewardToGo(ofLast: -costs(states)))
    let listed = places(samples: samples)
    var mean: Estimate = (0, [Double](repeating: 0, count: exact().slope.count))
    for draw in listed[0].indices {
      let chosen = listed.map { $0[draw] }
      let sample = states.rows(chosen)
      var policy = warm
      let found = estimate(at: q) {
        policy.expectation(over: $0, at: sample, reward: RewardToGo(ofLast: -costs(sample)))
      }
      let weight = chosen.reduce(1.0) { $0 * p[$1] }
      mean.value += weight * found.value
      for (place, slope) in found.slope.enumerated() { mean.slope[place] += weight * slope }
    }
    return mean
  }

  @Test("the exact estimator is the sum over all sequences")
  func enumeration() {
    let (found, summed) = (Self.exact().slope, SequenceGradientTests.exact(smallGenerator()))
    #expect((summed.map(abs).max() ?? 0) > 0.1)
    for (a, b) in zip(found, summed) { #expect(abs(a - b) < Self.tolerance) }
  }

  @Test("REINFORCE is exact over all sequences, and with leave-one-out over all 6,561 pairs")
  func reinforce() {
    let plain = Self.mean(of: Reinforce<Draws, NoBaseline>(baseline: .none))
    #expect(Self.error(of: plain) < Self.tolerance)
    let constant = Self.mean(
      of: Reinforce<Draws, ConstantBaseline>(baseline: .constant(initial: -1.3)))
    #expect(Self.error(of: constant) < Self.tolerance)
    let average = Self.mean(
      of: Reinforce<Draws, MovingAverageBaseline>(baseline: .movingAverage()))
    #expect(Self.error(of: average) < Self.tolerance)
    let others = Self.mean(
      of: Reinforce<Draws, LeaveOneOutBaseline>(samples: 2, baseline: .leaveOneOut), samples: 2)
    #expect(Self.error(of: others) < Self.tolerance)
  }

  /// The mean of all samples, that of the sample itself among them.
  private struct OwnMean: Baseline, Stateless {
    func values(for costs: Tensor, given context: Tensor?) -> Tensor {
      costs.mean(along: 0, keepingDimensions: true)
    }
  }

  @Test("a baseline that sees its own sample is found out: of two it halves the slope")
  func power() {
    let found = Self.mean(
      of: Reinforce<Draws, OwnMean>(samples: 2, baseline: OwnMean()), samples: 2)
    #expect(Self.error(of: found) > 0.05)
    #expect(Self.error(of: found, times: 0.5) < Self.tolerance)
  }

  @Test("NVIL without the normalization is exact over all sequences, with a network and without")
  func nvil() {
    var generator = Philox(seed: 100)
    let network = NetworkBaseline(center: .zeros([2]), units: 3, using: &generator)
    let context = Tensor([0.5, -1]).broadcast(to: [81, 2])
    for network in [nil, network] {
      let found = Self.mean(
        of: NVIL<Draws>(network: network, normalizesVariance: false), given: context)
      #expect(Self.error(of: found) < Self.tolerance)
    }
  }

  @Test("the policy gradient is exact over all sequences, and with leave-one-out over all pairs")
  func policyGradient() {
    let average = Self.mean(of: PolicyGradient(baseline: .movingAverage()), samples: 1)
    #expect(Self.error(of: average) < Self.tolerance)
    let others = Self.mean(of: PolicyGradient(baseline: .leaveOneOut), samples: 2)
    #expect(Self.error(of: others) < Self.tolerance)
  }

  /// How many standard errors the mean slope of some calls is from the exact one, weight by weight.
  private static func scores(
    of estimator: some BlackBoxGradientEstimator<SequenceGenerator>, calls: Int, seed: UInt64
  ) -> [Double] {
    let (q, exact) = (smallGenerator(), exact().slope)
    var (estimator, generator) = (estimator, Philox(seed: seed))
    var moments = Moments(coordinates: exact.count)
    for _ in 0..<calls {
      let found = estimate(at: q) {
        estimator.expectation(over: $0, using: &generator, ofBlackBox: cost)
      }
      moments.add(found.slope)
    }
    return moments.zScores(against: exact, rounding: tolerance)
  }

  @Test("unordered sets of three have no bias: 20,000 draws, false alarms 1e-6")
  func unorderedSet() {
    let scores = Self.scores(
      of: UnorderedSet<SequenceGenerator>(samples: 3), calls: 20_000, seed: 101)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: scores.count)
    #expect(scores.allSatisfy { abs($0) < threshold }, "\(scores)")
  }

  @Test("sum and sample has no bias: 2,000 calls of 10 draws, false alarms 1e-6")
  func sumAndSample() {
    let estimator = RaoBlackwell<
      SequenceGenerator, Reinforce<Remainder<SequenceGenerator>, NoBaseline>
    >(top: 3, Reinforce(samples: 10, baseline: .none))
    let scores = Self.scores(of: estimator, calls: 2000, seed: 102)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: scores.count)
    #expect(scores.allSatisfy { abs($0) < threshold }, "\(scores)")
  }

  /// The cost of points [rows, 4, 3], which is that of sequences where they are one-hot.
  private static func pointCost(_ points: Tensor) -> Tensor {
    let sums = (points * Tensor([0, 1, 2])).sum(along: [1, 2])
    let runs = (points.sliced(along: 1, 0..<3) * points.sliced(along: 1, 1..<4))
      .sum(along: [1, 2])
    return runs.squared() * 0.3 - sums * 0.2 - 2
  }

  @Test("hard straight-through points are biased, yet point the exact way: 40,000 draws, 1e-6")
  func straightThrough() {
    let (q, exact) = (smallGenerator(), Self.exact().slope)
    let states = q.states()
    let costs = zip(
      Self.pointCost(states.oneHot).scalars, SequenceGradientTests.reward(states).scalars)
    #expect(costs.allSatisfy { abs($0 + $1) < 1e-5 })

    var generator = Philox(seed: 103)
    var (moments, along) = (Moments(coordinates: exact.count), Moments(coordinates: 1))
    for _ in 0..<400 {
      let found = Self.estimate(at: q) {
        Self.pointCost($0.relaxed(100, temperature: 0.8, using: &generator)).mean()
      }
      moments.add(found.slope)
      let inner = zip(found.slope, exact).reduce(0.0) { $0 + $1.0 * $1.1 }
      along.add([inner] as [Double])
    }
    let threshold = zThreshold(familyWise: 1e-6, comparisons: exact.count + 1)
    let scores = moments.zScores(against: exact, rounding: Self.tolerance)
    #expect(scores.contains { abs($0) > threshold }, "\(scores)")
    #expect(along.zScores(against: [0], rounding: 0)[0] > threshold)
  }
}
