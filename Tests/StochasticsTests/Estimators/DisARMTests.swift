import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The pair is the same for all uniforms of a piece, so midpoints integrate DisARM exactly.
struct DisARMTests {
  static let rows = NoiseRows.pieces(antitheticCuts(bits.parameters))

  @Test("equals enumeration", arguments: Cost.allCases)
  func enumeration(cost: Cost) {
    let uniforms = Self.rows.values.expandingDimensions(at: 0)
    let errors = NoiseCheck(problem: bits, cost: cost).errors(weights: Self.rows.weights) {
      q, cost in
      var generator = Philox(seed: 0)
      return DisARM().expectation(over: q, uniforms: uniforms, using: &generator) { z, _ in
        cost(z.tensor)
      }
    }
    #expect(errors.value < rounding && errors.gradient < rounding && errors.direct < rounding)
  }

  /// Second moments of the gradient of each logit at zero logits, by quadrature of the uniforms.
  static func secondMoments(of cost: Cost) -> (arm: [Scalar], disARM: [Scalar]) {
    let rows = NoiseRows.quadrature([[0.5], [0.5], [0.5]], nodes: 3)
    let uniforms = rows.values.expandingDimensions(at: 0)
    func moments(
      _ estimate: (Bernoulli, inout Philox, @escaping (Bits, inout Philox) -> Tensor) -> Tensor
    ) -> [Scalar] {
      var generator = Philox(seed: 0)
      let slopes = gradient(at: .zeros([rows.count, 3])) { logits in
        estimate(Bernoulli(logits: logits), &generator) { z, _ in cost(z.tensor) }
      }
      return (slopes.squared() * rows.weights.reshaped([rows.count, 1])).sum(along: 0).scalars
    }
    return (
      moments { q, generator, cost in
        ARM().expectation(over: q, uniforms: uniforms, using: &generator, cost)
      },
      moments { q, generator, cost in
        DisARM().expectation(over: q, uniforms: uniforms, using: &generator, cost)
      }
    )
  }

  @Test(
    "at zero logits the second moments stand 4 to 3",
    arguments: [Cost.linear, .quadratic, .product]
  )
  func ratio(cost: Cost) {
    let moments = Self.secondMoments(of: cost)
    for (arm, disARM) in zip(moments.arm, moments.disARM) {
      #expect(disARM > 0)
      #expect(abs(Double(arm / disARM) - 4.0 / 3) < 10 * rounding)
    }
  }

  @Test("several pairs average, drawn for real: 200,000 pairs, false alarms below 1e-6")
  func sampled() {
    var generator = Philox(seed: 31)
    var estimator = DisARM(pairs: 4)
    let q = Bernoulli(logits: .zeros([50_000, 3]) + bits.parameters)
    let slopes = gradient(at: q.logits) { logits in
      estimator.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in Cost.quadratic(z.tensor) })
    }
    var moments = Moments(coordinates: 3)
    for row in 0..<slopes.shape[0] { moments.add(slopes.sliced(along: 0, at: row)) }
    var exact = Exact<Bernoulli>()
    let expected = gradient(at: bits.parameters) { logits in
      exact.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in Cost.quadratic(z.tensor) })
    }
    let scores = moments.zScores(against: expected.scalars.map { Double($0) }, rounding: 0)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 3)
    #expect(scores.allSatisfy { abs($0) < threshold }, "\(scores)")
  }

  @Test("no variance at all for one bit at logit zero", arguments: OneBit.targets)
  func variance(target: Scalar) {
    let rows = NoiseRows.quadrature([[0.5]], nodes: 3)
    let found = OneBit.variance(rows.weights) { q in
      var generator = Philox(seed: 0)
      return DisARM().expectation(
        over: q, uniforms: rows.values.expandingDimensions(at: 0), using: &generator
      ) { z, _ in OneBit.cost(z.tensor, target) }
    }
    #expect(abs(found) < rounding)
  }

  @Test("certain bits get no gradient and no NaN", arguments: [-1e4, 1e4] as [Scalar])
  func certain(logit: Scalar) {
    let found = slopesBesideCertainBits(DisARM(), logit: logit)
    #expect(found.allSatisfy { $0.isFinite })
    #expect(found[0] == 0 && found[2] == 0)
  }
}
