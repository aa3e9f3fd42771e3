import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct UGCTests {
  @Test(
    "equals enumeration, whatever is flipped", arguments: Cost.allCases,
    [0, 0.3, 0.4, 0.5] as [Scalar])
  func enumeration(cost: Cost, threshold: Scalar) {
    // Cuts for one, two and three bits to choose from.
    let places = NoiseRows.pieces([[1.0 / 3, 0.5, 2.0 / 3]])
    let noise = NoiseRows.product(.pieces(antitheticCuts(bits.parameters)), places)
    let errors = NoiseCheck(problem: bits, cost: cost).errors(weights: noise.weights) { q, cost in
      var generator = Philox(seed: 0)
      return UGC(threshold: threshold).expectation(
        over: q, uniforms: noise.a.expandingDimensions(at: 0),
        places: noise.b.reshaped([noise.b.count]), using: &generator
      ) { z, _ in cost(z.tensor) }
    }
    #expect(errors.value < rounding && errors.gradient < rounding && errors.direct < rounding)
  }

  @Test("certain bits get no gradient and no NaN", arguments: [-1e4, 1e4] as [Scalar])
  func certain(logit: Scalar) {
    let found = slopesBesideCertainBits(UGC(), logit: logit)
    #expect(found.allSatisfy { $0.isFinite })
    #expect(found[0] == 0 && found[2] == 0)
  }
}
