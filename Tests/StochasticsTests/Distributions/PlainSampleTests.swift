import Stochastics
import Tensors
import Testing

struct PlainSampleTests {
  struct Refusal: Error, Equatable {}

  @Test("of bits equals the batched cost")
  func bits() {
    let q = Bernoulli(logits: Tensor([0.3, -0.8, 1.1, 0, 0, 0], shape: [2, 3]))
    var exact = Exact<Bernoulli>()
    var generator = Philox(seed: 0)
    let plain = exact.expectation(
      over: q, using: &generator, ofEach: { $0.filter { $0 }.count == 2 ? 5 : 0 })
    let batched = exact.expectation(
      over: q, using: &generator,
      ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in
        let odd = z.tensor.sum(along: -1) - 2
        return (1 - minimum(odd.squared(), 1)) * 5
      })
    #expect(plain.shape == [2])
    #expect(plain.scalars == batched.scalars)
  }

  @Test("of classes equals the batched cost")
  func classes() {
    let q = Categorical(logits: Tensor([0.3, -0.8, 1.1, 0.5, 0, 0], shape: [2, 3]))
    let levels = Tensor([0, 1, 2])
    var reinforce = Reinforce<Categorical, NoBaseline>(samples: 7, baseline: .none)
    var generator = Philox(seed: 4)
    var copy = generator
    let plain = reinforce.expectation(
      over: q, using: &generator, ofEach: { Scalar($0[0] * 3 + $0[1]) })
    let batched = reinforce.expectation(
      over: q, using: &copy,
      ofBlackBox: { (z: Classes, _: inout Philox) -> Tensor in
        ((z.oneHot * levels).sum(along: -1) * Tensor([3, 1])).sum(along: -1)
      })
    #expect(plain.scalars == batched.scalars)
  }

  @Test("an error passes through")
  func failure() {
    var exact = Exact<Bernoulli>()
    var generator = Philox(seed: 0)
    #expect(throws: Refusal()) {
      _ = try exact.expectation(
        over: Bernoulli(logits: .zeros([1])), using: &generator,
        ofEach: { (bits: [Bool]) throws(Refusal) -> Scalar in
          guard bits[0] else { throw Refusal() }
          return 0
        })
    }
  }
}
