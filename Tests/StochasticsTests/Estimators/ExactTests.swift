import Stochastics
import Tensors
import Testing

@Suite("Exact enumeration")
struct ExactExactnessTests {
  @Test("the gradient is that of the sum over states", arguments: BitCost.allCases)
  func finiteDifferences(cost: BitCost) {
    func value(_ logits: Tensor) -> Scalar {
      var exact = Exact<Bernoulli>()
      var generator = Philox(seed: 0)
      return exact.expectation(
        over: Bernoulli(logits: logits.expandingDimensions(at: 0)), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in cost(z.tensor) }
      ).item
    }
    let step: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-6 : 1e-2
    let exact = ThreeBits.exactGradient(of: cost.callAsFunction).scalars
    for index in 0..<3 {
      let unit = Indices([index], shape: []).oneHot(classes: 3) * step
      let slope = (value(ThreeBits.logits + unit) - value(ThreeBits.logits - unit)) / (2 * step)
      #expect(abs(slope - exact[index]) < (MemoryLayout<Scalar>.size == 8 ? 1e-8 : 1e-2))
    }
  }

  @Test("impossible states do not count, whatever they cost")
  func impossibleStates() {
    var exact = Exact<Bernoulli>()
    var generator = Philox(seed: 0)
    let certain = Bernoulli(logits: Tensor([.infinity, 0], shape: [1, 2]))
    let value = exact.expectation(
      over: certain, using: &generator,
      ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in
        (z.tensor.sliced(along: -1, at: 0)).log() + 4
      })
    #expect(value.item == 4)
  }
}
