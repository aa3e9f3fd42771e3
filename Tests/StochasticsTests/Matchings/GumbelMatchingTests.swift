import DiscreteTesting
import Foundation
import Tensors
import Testing

@testable import Stochastics

struct GumbelMatchingTests {
  static let lists = Orders.lists(of: 3, places: 3)

  static func counts(_ orders: Orders) -> [Int] {
    let n = orders.placeCount
    let lists = Orders.lists(of: n, places: n)
    var counts = [Int](repeating: 0, count: lists.count)
    for row in 0..<(orders.indices.count / n) {
      let order = Array(orders.indices.values[(row * n)..<((row + 1) * n)])
      counts[lists.firstIndex(of: order) ?? 0] += 1
    }
    return counts
  }

  // 200,000 draws each, false alarms 1e-6.
  @Test("equal scores: all matchings alike, chi-square", arguments: [0.3, 1])
  func uniform(noiseScale: Double) {
    var generator = Philox(seed: 1)
    let q = GumbelMatching(scores: .zeros([3, 3]), noiseScale: noiseScale)
    let counts = Self.counts(q.sample(200_000, using: &generator))
    let law = [Double](repeating: 1.0 / 6, count: 6)
    #expect(ChiSquare(observed: counts, probabilities: law).pValue > 1e-6)
  }

  /// What is added to the scores' difference is a sum of two logistic variables, of known
  /// distribution.
  @Test("two items: the law in closed form, chi-square", arguments: [-1.3, 0.4, 2])
  func two(difference: Double) {
    var generator = Philox(seed: 2)
    let q = GumbelMatching(
      scores: Tensor([Scalar(difference), 0.7, 0.2, 0.9], shape: [2, 2]), noiseScale: 0.8)
    let x = exp(difference / 0.8)
    let straight = x * (x - 1 - log(x)) / ((x - 1) * (x - 1))
    let counts = Self.counts(q.sample(200_000, using: &generator))
    #expect(ChiSquare(observed: counts, probabilities: [straight, 1 - straight]).pValue > 1e-6)
    // The law of probabilities proportional to exp(sum of scores) is another one.
    let gibbs = x / (1 + x)
    #expect(ChiSquare(observed: counts, probabilities: [gibbs, 1 - gibbs]).pValue < 1e-6)
  }

  @Test("three items against plain enumeration of other Gumbels: chi-square of two samples")
  func three() {
    var generator = Philox(seed: 3)
    let scores = Tensor.randomNormal([3, 3], using: &generator)
    let draws = 200_000
    let counts = Self.counts(
      GumbelMatching(scores: scores).sample(draws, using: &generator))
    var others = [Int](repeating: 0, count: 6)
    let given = scores.scalars.map { Double($0) }
    for _ in 0..<draws {
      let perturbed = given.map { $0 - log(-log(Double.random(in: 1e-300..<1, using: &generator))) }
      let values = Self.lists.map { list in
        list.enumerated().reduce(0) { $0 + perturbed[$1.offset * 3 + Int($1.element)] }
      }
      others[values.firstIndex(of: values.max() ?? 0) ?? 0] += 1
    }
    let statistic = zip(counts, others).reduce(0.0) {
      let difference = Double($1.0 - $1.1)
      return $0 + difference * difference / Double($1.0 + $1.1)
    }
    #expect(chiSquareSurvival(statistic, degreesOfFreedom: 5) > 1e-6)
  }

  @Test(
    "hard points are exactly permutations, with the gradient of the plan; forbidden pairs stay out")
  func hard() {
    var generator = Philox(seed: 4)
    let free = Tensor.randomNormal([2, 5, 5], using: &generator)
    let weights = Tensor.randomNormal([5, 5], using: &generator)
    let open = Tensor((0..<25).map { $0 % 5 <= $0 / 5 + 1 ? 1 : 0 }, shape: [5, 5])
    let scores = select(open, free, Tensor(-.infinity))
    func points(_ isHard: Bool) -> (value: Tensor, gradient: Tensor) {
      var value: Tensor = 0
      let slopes = gradient(at: scores) { scores in
        var generator = Philox(seed: 5)
        value =
          GumbelMatching(scores: scores)
          .relaxed(4, temperature: 0.5, isHard: isHard, using: &generator).matrix
        return value * weights
      }
      return (value.detached(), slopes)
    }
    let (hard, soft) = (points(true), points(false))
    #expect(hard.value.shape == [4, 2, 5, 5])
    #expect(hard.value.scalars.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(hard.value.sum(along: -1).scalars.allSatisfy { $0 == 1 })
    #expect(hard.value.sum(along: -2).scalars.allSatisfy { $0 == 1 })
    #expect((hard.value * (1 - open)).scalars.allSatisfy { $0 == 0 })
    #expect(hard.gradient.scalars == soft.gradient.scalars)
    #expect(hard.gradient.scalars.contains { $0 != 0 })
    var again = Philox(seed: 5)
    let drawn = GumbelMatching(scores: scores).sample(4, using: &again)
    #expect(drawn.matrix.scalars == hard.value.scalars)
  }

  // Descent stops at vertices, not always the best: nine tenths of the way from the mean is asked
  // for.
  @Test("the estimator descends to the matching of least cost", arguments: [false, true])
  func descent(isHard: Bool) throws {
    var generator = Philox(seed: 6)
    let hidden = PlackettLuce(logScores: .zeros([8, 6])).sample(1, using: &generator)
    let best = Orders(hidden.indices.reshaped([8, 6]), itemCount: 6)
    let costs = Tensor.randomNormal([8, 6, 6], using: &generator) - best.matrix * 2
    var scores = Tensor.zeros([8, 6, 6])
    var estimator = GumbelSinkhorn(temperature: 0.7, isHard: isHard, samples: 4)
    for _ in 0..<200 {
      let variable = scores.variable()
      let loss = estimator.expectation(over: GumbelMatching(scores: variable), using: &generator) {
        (point: Arrangement, _) in
        (point.matrix * costs).sum(along: -1).sum(along: -1)
      }
      scores = scores - gradients(of: loss, withRespectTo: [variable])[0] * 0.2
    }
    let (found, least) = (Assignment(scores: scores).order, Assignment(scores: -costs))
    let reached = (found.matrix * costs).sum(along: -1).sum(along: -1)
    let mean = costs.mean(along: -1).sum(along: -1)
    for ((cost, best), mean) in zip(zip(reached.scalars, least.value.scalars), mean.scalars) {
      #expect((cost + best) < 0.1 * (mean + best), "\(cost), at least \(-best), on average \(mean)")
    }
  }

  @Test("relaxed it is the plan of the scores over the temperature")
  func relax() {
    var generator = Philox(seed: 7)
    let z = Tensor.randomNormal([3, 4, 4], using: &generator)
    let plan = Sinkhorn(scores: z, temperature: 0.5).matrix
    let relaxed = GumbelMatching(scores: z).relax(z, temperature: 0.5).matrix
    for (a, b) in zip(plan.scalars, relaxed.scalars) { #expect(abs(a - b) < 1e-6) }
  }
}
