import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// All draws of a group are listed, and the exact means compared with published numbers.
struct GRPOTests {
  /// The mean gradient of a group of so many answers to one question.
  private func mean(
    _ probabilities: [Scalar], rewards: [Scalar], samples: Int, _ advantage: GroupAdvantage
  ) -> [Double] {
    let states = DrawList.variables(1, classes: probabilities.count)
    let places = states.places(samples: samples)
    let z = states.samples(places)
    let rows = (Tensor.zeros([places[0].count, 1, probabilities.count]) + Tensor(probabilities))
      .log()
    let weights = Categorical(logits: rows).logProbability(z).sum(along: 0).exp()
    var (estimator, generator) = (
      GRPO<Prescribed<Categorical>>(samples: samples, advantage: advantage), Philox(seed: 0)
    )
    let slopes = gradient(at: rows) { logits in
      estimator.expectation(
        over: Prescribed(base: Categorical(logits: logits), samples: z), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in
          (z * Tensor(rewards)).sum(along: -1).sum(along: -1)
        })
    }
    return (slopes * weights.reshaped([places[0].count, 1, 1])).sum(along: 0).scalars
      .map { Double($0) }
  }

  private func expect(_ found: [Double], _ expected: [Double], within tolerance: Double = 5e-5) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < tolerance) }
  }

  @Test("two answers: with the deviation only who won is left of the rewards")
  func two() {
    func of(_ scale: GroupAdvantage.Scale) -> [Double] {
      mean(
        [0.5, 0.3, 0.2], rewards: [0, 1, 3], samples: 2, GroupAdvantage(scale: scale, epsilon: 0))
    }
    // Half of (-.45, .03, .42), the gradient.
    expect(of(.none), [-0.225, 0.015, 0.21])
    // Equal answers have no deviation; epsilon 0 would divide by it.
    func scaled(_ scale: GroupAdvantage.Scale) -> [Double] {
      mean(
        [0.5, 0.3, 0.2], rewards: [0, 1, 3], samples: 2,
        GroupAdvantage(scale: scale, epsilon: 1e-9))
    }
    expect(scaled(.sampleDeviation), [-0.1768, 0.0636, 0.1131])
    expect(scaled(.populationDeviation), [-0.25, 0.09, 0.16])
  }

  @Test("four answers, and a rare one of a large reward, where the sign is wrong")
  func wrongSign() {
    expect(
      mean([0.5, 0.3, 0.2], rewards: [0, 1, 3], samples: 4, GroupAdvantage(epsilon: 1e-9)),
      [-0.3159, 0.0942, 0.2217])
    let rare: ([Scalar], [Scalar]) = ([0.6, 0.399, 0.001], [1, 0, 1000])
    let found = mean(rare.0, rewards: rare.1, samples: 4, GroupAdvantage(epsilon: 1e-9))
    expect(found, [0.334, -0.336, 0.0015], within: 6e-4)
    let exact = [-0.36, -0.638, 0.998]
    #expect(found[0] * exact[0] < 0)
    expect(
      mean(rare.0, rewards: rare.1, samples: 4, GroupAdvantage(scale: .none)),
      exact.map { $0 * 0.75 }, within: 1e-3)
  }

  @Test("three of eight answers are right")
  func advantages() {
    let rewards = Tensor([1, 1, 1, 0, 0, 0, 0, 0]).reshaped([8, 1])
    /// Of an answer that is right, and of one that is wrong.
    func ends(_ advantages: Tensor) -> [Double] {
      [0, 7].map { Double(advantages.scalars[$0]) }
    }
    func of(_ scale: GroupAdvantage.Scale) -> [Double] {
      ends(GroupAdvantage(scale: scale, epsilon: 0)(rewards))
    }
    expect(of(.none), [0.625, -0.375], within: 1e-6)
    expect(of(.sampleDeviation), [1.2076, -0.7246])
    let others = LeaveOneOutBaseline().values(for: rewards, given: nil)
    expect(ends(rewards - others), [0.7143, -0.4286])
  }

  @Test("REINFORCE++ takes the deviation of the whole batch, and keeps estimates apart if told")
  func wholeBatch() {
    let costs = Tensor([1, 2, 5, 0, 3, 3, 8, 1], shape: [2, 2, 2])
    let whole = GroupAdvantage(scale: .populationDeviation, keptAxes: 0, epsilon: 0)(costs)
    #expect(whole.shape == costs.shape)
    // The mean of all eight is 23 / 8, their mean square 113 / 8.
    let deviation = (113 / 8 - 23 * 23 / 64 as Double).squareRoot()
    expect(
      whole.scalars.map { Double($0) },
      costs.scalars.map { (Double($0) - 23 / 8) / deviation }, within: 1e-5)
    let apart = GroupAdvantage(scale: .populationDeviation, keptAxes: 1, epsilon: 0)(costs)
    for row in 0..<2 {
      let own = costs.sliced(along: 1, row..<(row + 1))
      let alone = GroupAdvantage(scale: .populationDeviation, keptAxes: 0, epsilon: 0)(own)
      #expect(apart.sliced(along: 1, row..<(row + 1)).scalars == alone.scalars)
    }
  }

  @Test("equal costs have no advantage, and a large level takes no digits")
  func equal() {
    let level = GroupAdvantage()(Tensor([7, 7, 7]).reshaped([3, 1]))
    #expect(level.scalars == [0, 0, 0])
    // In single precision the mean of these three is rounded to one of them.
    let costs = Tensor([16_777_216, 16_777_218, 16_777_218]).reshaped([3, 1])
    expect(
      GroupAdvantage(scale: .none)(costs).scalars.map { Double($0) }, [-4 / 3, 2 / 3, 2 / 3],
      within: 1e-6)
  }

  @Test(
    "the value and the gradient of the cost are exact; that of the law is not",
    arguments: Cost.allCases)
  func promises(cost: Cost) {
    let broken = Set(
      bits.check(cost).failures(of: GRPO(samples: 2), samples: 2).map(\.promise))
    #expect(broken.isSubset(of: [.gradient, .isolation]))
    #expect(cost == .constant || broken == [.gradient, .isolation])
    let centered = GRPO<Prescribed<Bernoulli>>(
      samples: 3, advantage: GroupAdvantage(scale: .none))
    let found = bits.check(cost).failures(of: centered, samples: 3, scale: 2 / 3 as Scalar)
    #expect(found.map(\.description) == [])
  }
}
