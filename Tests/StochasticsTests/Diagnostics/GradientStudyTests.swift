import Stochastics
import Tensors
import Testing

struct GradientStudyTests {
  private static func measured(
    _ estimator: some GradientEstimator<Bernoulli>, draws: Int, rows: Int = 250
  ) -> GradientMeasurement {
    // z'Mz of M with 1 to 9, bits of logits 1, -1 and 0.
    let quadratic = Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3])
    return GradientStudy<Bernoulli>(
      parameters: [1, -1, 0], distribution: { Bernoulli(logits: $0) },
      cost: { ($0.matmul(quadratic) * $0).sum(along: -1) }, rows: rows
    ).measure(estimator, draws: draws, pilot: 0, seed: 1)
  }

  /// p (1 - p) times the sum over the others of (M_ij + M_ji) p_j, and M_ii.
  static let exact = [1.49693, 3.22175, 5.01894]

  @Test("makes as many estimates as it is asked for", arguments: [2, 3, 10, 39, 251, 1000])
  func draws(count: Int) {
    // Every estimate asks for two costs.
    let found = Self.measured(DisARM(), draws: count, rows: 7)
    #expect(found.draws == count && found.evaluations == 2)
    #expect(found.variance > 0 || count < 4)
    #expect(found.varianceInterval.isFinite == (count > 3))
  }

  @Test("an exact zero beside a difference has no z, and one beside no difference has z zero")
  func noStandardError() throws {
    // So cold that no draw of thousands gets a gradient.
    let cold = Self.measured(REBAR<Bernoulli>(temperature: 1e-6), draws: 2000)
    #expect(cold.mean.allSatisfy { abs($0) < 1e-30 } && cold.variance < 1e-30)
    #expect(cold.z(against: Self.exact) == nil)
    #expect(cold.z(against: [0, 0, 0]) == 0)
    let listed = Self.measured(Exact<Bernoulli>(), draws: 100)
    let right = zip(listed.mean, Self.exact).allSatisfy { abs($0 - $1) < 1e-3 }
    #expect(right, "\(listed.mean)")
    #expect(listed.z(against: listed.mean) == 0)
    #expect(listed.z(against: [0, 0, 0]) == nil)
  }

  @Test("moments of parts, one after another, are the moments of all")
  func parts() {
    let vectors = (0..<100).map { [Double($0 * $0 % 17), 1e6 + Double($0 % 5)] }
    var (all, together) = (Moments(coordinates: 2), Moments(coordinates: 2))
    vectors.forEach { all.add($0) }
    for part in [0..<1, 1..<1, 1..<40, 40..<100] {
      var own = Moments(coordinates: 2)
      vectors[part].forEach { own.add($0) }
      together.add(own)
    }
    #expect(together.count == 100)
    for place in 0..<2 {
      #expect(abs(together.mean[place] / all.mean[place] - 1) < 1e-14)
      #expect(abs(together.variance[place] / all.variance[place] - 1) < 1e-9)
    }
  }

  @Test("a true z is that of the farthest coordinate")
  func trueZ() throws {
    let found = Self.measured(DisARM(), draws: 1000)
    let z = try #require(found.z(against: found.mean.map { $0 + 0.1 }))
    let least = try #require(found.standardError.min())
    #expect(abs(z * least / 0.1 - 1) < 1e-9)
  }
}
