import Models
import Stochastics
import Tensors
import Testing

/// Every pair of sequences over three tokens is listed.
struct GroupPolicyGradientExactnessTests {
  private let tolerance: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 2e-5

  private func reward(of row: Int) -> Scalar { Scalar(row * row % 7) * 0.5 - Scalar(row) * 0.1 }

  private func reward(of rows: [Int]) -> RewardToGo {
    let values = Tensor(rows.map { reward(of: $0) }).reshaped([rows.count, 1])
    return RewardToGo(ofLast: values.broadcast(to: [rows.count, 2]).contiguous())
  }

  /// The gradient of the expected cost, as numbers.
  private func exact(_ q: SequenceGenerator) -> [Scalar] {
    var q = q
    let states = q.states()
    let rewards = Tensor((0..<9).map { reward(of: $0) })
    return valueWithGradient(at: &q) { -($0.logProbability(states).exp() * rewards).sum() }
      .gradient.namedParameters().flatMap { $0.tensor.scalars }
  }

  /// The mean over all tuples of rows.
  private func mean(
    _ gradient: some SequenceGradient, over tuples: [[Int]], _ q: SequenceGenerator
  ) -> [Scalar] {
    var (q, generator) = (q, Philox(seed: 0))
    let states = q.states()
    let logs = q.logProbability(states).scalars.map { Double($0) }
    let greedy = q.greedy()
    let best = (0..<9).first { states.rows([$0]) == greedy }
    return valueWithGradient(at: &q) { q in
      tuples.map { rows in
        var (gradient, own) = (gradient, reward(of: rows))
        own.greedy = best.map { Tensor([reward(of: $0)]).reshaped([1, 1]) }
        let weight = Tensor(Scalar(rows.reduce(0) { $0 + logs[$1] })).exp()
        return gradient.cost(of: q, at: states.rows(rows), reward: own, using: &generator) * weight
      }.reduce(Tensor(0), +)
    }.gradient.namedParameters().flatMap { $0.tensor.scalars }
  }

  private var pairs: [[Int]] { (0..<9).flatMap { a in (0..<9).map { [a, $0] } } }

  private func distance(_ a: [Scalar], _ b: [Scalar]) -> Scalar {
    zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test("mean-centering halves the gradient of two samples, leave-one-out and ReMax keep it")
  func scales() {
    let q = smallGenerator(vocabulary: 3, length: 2)
    let exact = exact(q)
    let centered = GroupPolicyGradient(
      advantage: GroupAdvantage(scale: .none), dividesByLength: false)
    #expect(distance(mean(centered, over: pairs, q), exact.map { $0 / 2 }) < tolerance)
    #expect(
      distance(mean(PolicyGradient(baseline: .leaveOneOut), over: pairs, q), exact) < tolerance)
    #expect(
      distance(mean(GreedyPolicyGradient(), over: (0..<9).map { [$0] }, q), exact) < tolerance)
  }

  @Test("GRPO keeps of two samples only which is better, and is not the gradient")
  func deviation() {
    let q = smallGenerator(vocabulary: 3, length: 2)
    let grpo = mean(GroupPolicyGradient(dividesByLength: false), over: pairs, q)
    #expect(distance(grpo, exact(q)) > 0.01)
    // Both sequences have two tokens, so that a division by the length is one by two.
    let shorter = mean(GroupPolicyGradient(), over: pairs, q)
    #expect(distance(grpo.map { $0 / 2 }, shorter) < tolerance)
  }

  @Test("a division by the length is by the tokens up to the end")
  func lengths() {
    var generator = Philox(seed: 32)
    let q = SequenceGenerator(
      vocabulary: 3, length: 3, embeddingSize: 2, units: 3, end: 2, deviation: 1, using: &generator)
    // One token, which is the end, and three.
    let sample = Classes(Indices([2, 2, 2, 0, 1, 2], shape: [2, 3]), classCount: 3)
    func slopes(_ gradient: GroupPolicyGradient, _ rewards: [Scalar]) -> [Scalar] {
      var (q, gradient, generator) = (q, gradient, Philox(seed: 0))
      let values = Tensor(rewards).reshaped([2, 1]).broadcast(to: [2, 3]).contiguous()
      return valueWithGradient(at: &q) {
        gradient.cost(of: $0, at: sample, reward: RewardToGo(ofLast: values), using: &generator)
      }.gradient.namedParameters().flatMap { $0.tensor.scalars }
    }
    func group(_ divides: Bool) -> GroupPolicyGradient {
      GroupPolicyGradient(advantage: GroupAdvantage(scale: .none), dividesByLength: divides)
    }
    // Advantages are opposite, so that the sum is of the first score and a third of the other.
    let (plain, divided) = (slopes(group(false), [1, 0]), slopes(group(true), [1, 0]))
    var alone = q
    let scores = (0..<2).map { row in
      valueWithGradient(at: &alone) { $0.logProbability(sample.rows([row])).sum() }
        .gradient.namedParameters().flatMap { $0.tensor.scalars }
    }
    let shares = plain.indices.map { -0.25 * (scores[0][$0] - scores[1][$0]) }
    let thirds = plain.indices.map { -0.25 * (scores[0][$0] - scores[1][$0] / 3) }
    #expect(distance(plain, shares) < tolerance)
    #expect(distance(divided, thirds) < tolerance)
  }
}
