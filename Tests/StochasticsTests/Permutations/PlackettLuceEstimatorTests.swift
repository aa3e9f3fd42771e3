import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct PlackettLuceEstimatorTests {
  static let scores = Tensor([0.3, -0.8, 1.1, 0.2])
  static let critic: Critic = {
    var generator = Philox(seed: 8)
    var critic = Critic(inputs: 16, units: 4, using: &generator)
    critic.scale = 1.3
    return critic
  }()

  /// A cost that is linear in no entry.
  static func cost(_ point: Tensor) -> Tensor {
    let levels = Tensor((0..<16).map { Scalar($0 * $0 % 7) * 0.4 - 1 }, shape: [4, 4])
    let values = (point * levels).sum(along: -1)
    return values.squared().sum(along: -1) + values.product(along: -1)
  }

  /// Standard scores of an estimator's mean against enumeration, 100,000 draws.
  static func scores(
    _ estimator: some GradientEstimator<PlackettLuce>, seed: UInt64
  ) -> [Double] {
    var (estimator, generator) = (estimator, Philox(seed: seed))
    var exact = Exact<PlackettLuce>()
    let expected = gradient(at: scores) { scores in
      exact.expectation(
        over: PlackettLuce(logScores: scores), using: &generator,
        of: { (z: Arrangement, _: inout Philox) -> Tensor in cost(z.matrix) })
    }.scalars.map { Double($0) }
    var moments = Moments(coordinates: 4)
    let rows = 25_000
    for _ in 0..<4 {
      let slopes = gradient(at: .zeros([rows, 4]) + scores) { scores in
        estimator.expectation(
          over: PlackettLuce(logScores: scores), using: &generator,
          of: { (z: Arrangement, _: inout Philox) -> Tensor in cost(z.matrix) })
      }
      for row in 0..<rows { moments.add(slopes.sliced(along: 0, at: row)) }
    }
    return moments.zScores(against: expected, rounding: rounding)
  }

  @Test("the unbiased ones, drawn for real: 100,000 draws, false alarms below 1e-6")
  func unbiased() {
    let found: [(String, [Double])] = [
      ("REBAR", Self.scores(REBAR<PlackettLuce>(scale: 0.8), seed: 1)),
      ("fresh REBAR", Self.scores(REBAR<PlackettLuce>(scale: 0.8, isCoupled: false), seed: 2)),
      ("RELAX", Self.scores(RELAX<PlackettLuce>(critic: Self.critic), seed: 3)),
      (
        "fresh RELAX",
        Self.scores(RELAX<PlackettLuce>(critic: Self.critic, isCoupled: false), seed: 4)
      ),
      (
        "leave-one-out",
        Self.scores(
          Reinforce<PlackettLuce, LeaveOneOutBaseline>(samples: 3, baseline: .leaveOneOut), seed: 5)
      ),
    ]
    let threshold = zThreshold(familyWise: 1e-6, comparisons: found.count * 4)
    for (name, scores) in found {
      #expect(scores.allSatisfy { abs($0) < threshold }, "\(name): \(scores)")
    }
  }

  @Test("distinct orders, and the rest of the law: 10,000 and 2,500 draws")
  func distinct() {
    var estimator = UnorderedSet<PlackettLuce>(samples: 3)
    var (generator, moments) = (Philox(seed: 6), Moments(coordinates: 4))
    var sum = RaoBlackwell<PlackettLuce, _>(
      top: 2, Reinforce<Remainder<PlackettLuce>, NoBaseline>(baseline: .none))
    var others = Moments(coordinates: 4)
    var exact = Exact<PlackettLuce>()
    func cost(_ z: Orders, _: inout Philox) -> Tensor { Self.cost(z.matrix) }
    let expected = gradient(at: Self.scores) { scores in
      exact.expectation(
        over: PlackettLuce(logScores: scores), using: &generator, ofBlackBox: cost)
    }.scalars.map { Double($0) }
    let batch = Tensor.zeros([2500, 4]) + Self.scores
    for round in 0..<4 {
      let slopes = gradient(at: batch) {
        estimator.expectation(
          over: PlackettLuce(logScores: $0), using: &generator, ofBlackBox: cost)
      }
      for row in 0..<2500 { moments.add(slopes.sliced(along: 0, at: row)) }
      guard round == 0 else { continue }
      let rest = gradient(at: batch) {
        sum.expectation(over: PlackettLuce(logScores: $0), using: &generator, ofBlackBox: cost)
      }
      for row in 0..<2500 { others.add(rest.sliced(along: 0, at: row)) }
    }
    let found =
      moments.zScores(against: expected, rounding: rounding)
      + others.zScores(against: expected, rounding: rounding)
    #expect(found.allSatisfy { abs($0) < zThreshold(familyWise: 1e-6, comparisons: 8) }, "\(found)")
  }

  @Test("conditional Gumbels sort to the order, and the coupled noise gives the perturbation back")
  func conditional() {
    var generator = Philox(seed: 7)
    let q = PlackettLuce(logScores: Tensor.randomNormal([3, 6], using: &generator) * 2)
    let sample = q.sample(200, using: &generator)
    let z = q.conditional(on: sample, noise: q.noise(200, using: &generator))
    #expect(q.harden(z) == sample)
    let free = q.perturbation(q.noise(200, using: &generator))
    let order = q.harden(free)
    let again = q.conditional(on: order, noise: q.conditionalNoise(of: free, given: order))
    #expect((again - free).abs().max(along: 2).max(along: 1).max(along: 0).item < 1e-3)
  }

  @Test("conditional Gumbels of sampled orders are Gumbels: Kolmogorov-Smirnov on 20,000 draws")
  func marginals() {
    var generator = Philox(seed: 9)
    let q = PlackettLuce(logScores: Self.scores)
    let sample = q.sample(20_000, using: &generator)
    let z = q.conditional(on: sample, noise: q.noise(20_000, using: &generator))
    for item in 0..<4 {
      let own = (z - Self.scores).sliced(along: 1, at: item)
      let levels = (-(-own).exp()).exp().scalars.map { Double($0) }.sorted()
      let distance =
        levels.enumerated().map { index, level in
          max(abs(level - Double(index) / 20_000), abs(level - Double(index + 1) / 20_000))
        }.max() ?? 1
      // 2 exp(-2 n d^2) is below 2.5e-7 for each of four.
      #expect(distance < 2.82 / Double(20_000).squareRoot())
    }
  }

  @Test("coupling pays: REBAR has less variance than REINFORCE")
  func variance() {
    func variance(_ estimator: some GradientEstimator<PlackettLuce>) -> Scalar {
      var (estimator, generator) = (estimator, Philox(seed: 3))
      let target = Tensor((0..<16).map { Scalar($0 * $0 % 7) * 0.4 - 1 }, shape: [4, 4])
      return gradient(at: .zeros([20_000, 4])) { scores in
        estimator.expectation(
          over: PlackettLuce(logScores: scores), using: &generator,
          of: { (point: Arrangement, _: inout Philox) -> Tensor in
            let z = point.matrix
            return (z * target).sum(along: -1).sum(along: -1) + 3
          })
      }.variance(along: 0).sum().item
    }
    let plain = variance(Reinforce<PlackettLuce, NoBaseline>(baseline: .none))
    let coupled = variance(REBAR<PlackettLuce>(temperature: 1))
    #expect(coupled < plain * 0.5, "\(coupled) and \(plain)")
  }

  @Test("NeuralSort runs through relaxed orders, and straight through hard ones")
  func relaxed() {
    var generator = Philox(seed: 10)
    for isHard in [false, true] {
      var estimator = GumbelSoftmax<PlackettLuce>(isHard: isHard, samples: 4)
      var points: [Scalar] = []
      let slope = gradient(at: Self.scores) { scores in
        estimator.expectation(
          over: PlackettLuce(logScores: scores), using: &generator,
          of: { (z: Arrangement, _: inout Philox) -> Tensor in
            points = z.matrix.scalars
            return Self.cost(z.matrix)
          })
      }
      #expect(slope.scalars.contains { $0 != 0 } && slope.scalars.allSatisfy { $0.isFinite })
      #expect(points.allSatisfy { $0 == 0 || $0 == 1 } == isHard)
    }
  }
}
