import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct SoftRankGradientTests {
  static let tolerance: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-9 : 1e-3

  /// Hard ranks: one more than the number of larger scores, and of equal ones before.
  static func places(_ scores: [Scalar]) -> [Scalar] {
    scores.indices.map { i in
      Scalar(
        scores.indices.filter {
          scores[$0] > scores[i] || (scores[$0] == scores[i] && $0 <= i)
        }.count)
    }
  }

  @Test("below the least gap they are exact, and the gradient is zero")
  func hard() {
    let scores: Tensor = [0.5, -2, 3, 3.25, 1e6]
    let soft = SoftRank(scores: scores, strength: 0.2)
    #expect(soft.ranks.scalars == [4, 5, 3, 2, 1])
    #expect(soft.blendedCount == 0)
    let slopes = gradient(at: scores) { SoftRank(scores: $0, strength: 1e-7).ranks * scores }
    #expect(slopes.scalars.allSatisfy { $0 == 0 })
  }

  @Test("scores keep their digits beside one that is far away")
  func far() {
    #expect(SoftRank(scores: [1, 2, 1e17], strength: 0.1).ranks.scalars == [3, 2, 1])
    #expect(SoftRank(scores: [-1e17, 1, 2], strength: 0.1).ranks.scalars == [3, 2, 1])
    let soft = SoftRank(scores: [1e17, 0, 0.05], strength: 0.1)
    for (a, b) in zip(soft.ranks.scalars, [1, 2.75, 2.25] as [Scalar]) {
      #expect(abs(a - b) < Self.tolerance)
    }
  }

  @Test("one block is the mean rank less the centered scores")
  func block() {
    let soft = SoftRank(scores: [0, 1, 2], strength: 10)
    #expect(soft.blendedCount == 3)
    for (a, b) in zip(soft.ranks.scalars, [2.1, 2, 1.9] as [Scalar]) {
      #expect(abs(a - b) < Self.tolerance)
    }
    #expect(SoftRank(scores: [2, 2], strength: 0.1).ranks.scalars == [1.5, 1.5])
  }

  @Test("they are the projection: no other point is nearer", arguments: [0.05, 0.5, 5])
  func projection(strength: Double) {
    var generator = Philox(seed: 1)
    for _ in 0..<200 {
      let n = 1 + Int(generator.next() % 9)
      let scores = Tensor.randomNormal([n], using: &generator)
      let ranks = SoftRank(scores: scores, strength: strength).ranks
      // The optimum r satisfies <z - r, p - r> <= 0 at every vertex p; the worst orders p as z - r.
      let residual = scores * Scalar(-1 / strength) - ranks
      let vertex = Tensor(Self.places(residual.scalars).map { Scalar(n + 1) - $0 })
      #expect((residual * (vertex - ranks)).sum().item <= 30 * Scalar(n) * Self.tolerance)
      #expect(abs(ranks.sum().item - Scalar(n * (n + 1)) / 2) < Self.tolerance * Scalar(n))
      let sorted = ranks.scalars.sorted()
      for k in 1...n {
        // In the permutahedron: the k least add up to 1 + ... + k at least.
        #expect(sorted[..<k].reduce(0, +) >= Scalar(k * (k + 1)) / 2 - Self.tolerance * 10)
      }
    }
  }

  @Test("gradients are those of finite differences", arguments: [1, 2])
  func gradients(order: Int) {
    var generator = Philox(seed: 2)
    let scores = Tensor([0, 0.3, 2.2, 2.4, 2.9, 9, 1, 7, 3.5, 3.9], shape: [2, 5])
    let report = checkGradient(
      of: { SoftRank(scores: $0[0], strength: 1).ranks.squared() }, at: [scores], order: order,
      using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test("no scores, one, many; what is not finite traps")
  func edges() async {
    #expect(SoftRank(scores: .zeros([3, 0]), strength: 1).ranks.shape == [3, 0])
    #expect(SoftRank(scores: [4], strength: 1).ranks.scalars == [1])
    var generator = Philox(seed: 3)
    let many = Tensor.randomNormal([100_000], using: &generator)
    let strength = SoftRank.strength(for: many, blending: 0.5)
    let soft = SoftRank(scores: many, strength: strength)
    #expect(soft.blendedCount > 10_000 && soft.blendedCount < 100_000)
    await #expect(processExitsWith: .failure) { _ = SoftRank(scores: Tensor([.nan]), strength: 1) }
    await #expect(processExitsWith: .failure) { _ = SoftRank(scores: [1], strength: 0) }
  }
}
