import DiscreteTesting
import Stochastics
import Tensors
import Testing

@Suite("BitFlip and UGC")
struct BitFlipExactnessTests {
  @Test("BitFlip equals enumeration", arguments: Cost.allCases)
  func bitFlip(cost: Cost) {
    let cuts = bits.parameters.sigmoid().scalars.map { [Double($0)] }
    let noise = NoiseRows.product(.pieces(cuts), .pieces([[1.0 / 3, 2.0 / 3]]))
    let errors = NoiseCheck(problem: bits, cost: cost).errors(weights: noise.weights) { q, cost in
      var generator = Philox(seed: 0)
      return BitFlip().expectation(
        over: q, bits: noise.a .< q.mean.detached(), places: noise.b.reshaped([noise.b.count]),
        using: &generator
      ) { z, _ in cost(z.tensor) }
    }
    #expect(errors.value < rounding && errors.gradient < rounding && errors.direct < rounding)
  }

  @Test(
    "UGC equals enumeration, whatever is flipped", arguments: Cost.allCases,
    [0, 0.3, 0.4, 0.5] as [Scalar])
  func ugc(cost: Cost, threshold: Scalar) {
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
    var generator = Philox(seed: 2)
    func slopes(_ make: () -> any BlackBoxGradientEstimator<Bernoulli>) -> [Scalar] {
      var estimator = make()
      return gradient(at: [logit, 0, logit]) { logits in
        estimator.expectation(
          over: Bernoulli(logits: logits), using: &generator,
          ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1) })
      }.scalars
    }
    for estimator in [BitFlip(), UGC(), ARM(), DisARM()]
      as [any BlackBoxGradientEstimator<Bernoulli>]
    {
      let found = slopes { estimator }
      #expect(found.allSatisfy { $0.isFinite })
      if !(estimator is ARM) { #expect(found[0] == 0 && found[2] == 0) }
    }
  }
}
