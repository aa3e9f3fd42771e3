import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct IMLETests {
  private let shape = Chain(steps: 3, labels: 2)

  private var scores: Tensor {
    var generator = Philox(seed: 41)
    return Tensor.zeros([400, shape.partCount])
      + Tensor.randomNormal([shape.partCount], using: &generator)
  }

  private func cost(_ z: Tensor) -> Tensor {
    let weights = Tensor((0..<shape.partCount).map { Scalar($0 * 7 % 5) * 0.5 - 1 })
    return (z * weights).sum(along: -1).squared()
  }

  @Test("the gradient is (z - z') / λ of the same noise, and the value the mean cost of z")
  func definition() {
    let (step, noise): (Scalar, Scalar) = (0.5, 0.8)
    var (estimator, generator) = (
      IMLE<Gibbs<Chain>>(step: step, noise: noise, samples: 2), Philox(seed: 8)
    )
    var same = generator
    let logits = scores.variable()
    let value = estimator.expectation(
      over: Gibbs(logits: logits, structure: shape), using: &generator,
      of: { (z: Tensor, _: inout Philox) -> Tensor in cost(z) })
    let found = gradients(of: value.sum(), withRespectTo: [logits])[0]
    let q = Gibbs(logits: scores, structure: shape)
    let perturbed = scores + Tensor.randomGumbel([2] + scores.shape, using: &same) * noise
    let z = q.mode(of: perturbed).tensor
    let slope = gradient(at: z) { cost($0).sum() }
    let target = q.mode(of: perturbed - slope * step).tensor
    let expected = ((z - target) / step).mean(along: 0)
    #expect(((found - expected).squared().scalars.max() ?? .infinity) < 1e-10)
    #expect(expected.squared().sum().item > 0)
    #expect(((value - cost(z).mean(along: 0)).squared().scalars.max() ?? .infinity) < 1e-8)
  }

  @Test("a step down the estimate lowers the cost, without noise and for a linear cost")
  func descends() {
    var (estimator, generator) = (IMLE<Gibbs<Chain>>(step: 5, noise: 0), Philox(seed: 9))
    let weights = Tensor((0..<shape.partCount).map { Scalar($0 * 3 % 7) * 0.5 - 1 })
    // The best state by these scores is the dearest one.
    let start = weights.reshaped([1, shape.partCount])
    let slopes = gradient(at: start) { logits in
      estimator.expectation(
        over: Gibbs(logits: logits, structure: shape), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in (z * weights).sum(along: -1) }
      ).sum()
    }
    let q = Gibbs(logits: start, structure: shape)
    func cost(_ scores: Tensor) -> Scalar { (q.mode(of: scores).tensor * weights).sum().item }
    #expect(cost(start - slopes * 10) < cost(start))
  }
}
