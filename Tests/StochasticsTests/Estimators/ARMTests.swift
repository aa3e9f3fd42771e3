import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The pair is the same for all uniforms of a piece, so midpoints integrate ARM exactly.
struct ARMTests {
  static let rows = NoiseRows.pieces(antitheticCuts(bits.parameters))

  @Test("equals enumeration", arguments: Cost.allCases)
  func enumeration(cost: Cost) {
    let uniforms = Self.rows.values.expandingDimensions(at: 0)
    let errors = NoiseCheck(problem: bits, cost: cost).errors(weights: Self.rows.weights) {
      q, cost in
      var generator = Philox(seed: 0)
      return ARM().expectation(over: q, uniforms: uniforms, using: &generator) { z, _ in
        cost(z.tensor)
      }
    }
    #expect(errors.value < rounding && errors.gradient < rounding && errors.direct < rounding)
  }

  @Test("the variance for one bit: (f(1) - f(0))² / 48", arguments: OneBit.targets)
  func variance(target: Scalar) {
    let difference = 1 - 2 * Double(target)
    let rows = NoiseRows.quadrature([[0.5]], nodes: 3)
    let found = OneBit.variance(rows.weights) { q in
      var generator = Philox(seed: 0)
      return ARM().expectation(
        over: q, uniforms: rows.values.expandingDimensions(at: 0), using: &generator
      ) { z, _ in OneBit.cost(z.tensor, target) }
    }
    #expect(abs(found - difference * difference / 48) < rounding)
  }

  @Test("certain bits make no NaN", arguments: [-1e4, 1e4] as [Scalar])
  func certain(logit: Scalar) {
    let found = slopesBesideCertainBits(ARM(), logit: logit)
    #expect(found.allSatisfy { $0.isFinite })
  }
}
