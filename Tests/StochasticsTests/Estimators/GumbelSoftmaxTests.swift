import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct GumbelSoftmaxTests {
  @Test(
    "in one pass it is the composed one of the same word, value and gradient",
    arguments: [1, 3, 16, 33, 200],
    [false, true])
  func equal(classes: Int, isHard: Bool) {
    var seeds = Philox(seed: 71)
    let logits = Tensor.randomNormal([5, 2, classes], using: &seeds)
    let weights = Tensor.randomNormal([3, 5, 2, classes], using: &seeds)
    func run(_ relax: (Categorical, inout Philox) -> Tensor) -> (Tensor, Tensor) {
      var (generator, value) = (Philox(seed: 72), Tensor(0))
      let slopes = gradient(at: logits) { logits in
        let point = relax(Categorical(logits: logits), &generator)
        value = point.detached()
        return (point * weights).sum()
      }
      return (value, slopes)
    }
    let fused = run { q, generator in
      q.relaxed(3, temperature: 0.6, isHard: isHard, using: &generator)
    }
    let composed = run { q, generator in
      let z = q.perturbation(q.noise(3, using: &generator))
      let y = q.relax(z, temperature: 0.6)
      return isHard
        ? Categorical.straightThrough(q.harden(z.detached()), gradientOf: y) : y
    }
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-4
    for (a, b) in [(fused.0, composed.0), (fused.1, composed.1)] {
      #expect(zip(a.scalars, b.scalars).allSatisfy { abs(Double($0 - $1)) < tolerance })
    }
  }

  @Test("its second derivative is that of finite differences")
  func second() {
    var seeds = Philox(seed: 73)
    let logits = Tensor.randomNormal([2, 4], using: &seeds)
    let weights = Tensor.randomNormal([2, 2, 4], using: &seeds)
    var generator = Philox(seed: 0)
    let report = checkGradient(
      of: { inputs in
        let variable = inputs[0].isTracked ? inputs[0] : inputs[0].variable()
        let q = Categorical(logits: variable.reshaped([2, 1, 4]))
        var own = Philox(seed: 74)
        let point = q.relaxed(2, temperature: 0.6, isHard: false, using: &own)
        let value = (point.reshaped([2, 2, 4]) * weights).sum().squared()
        return gradients(of: value, withRespectTo: [variable], differentiable: true)[0]
          .squared().sum()
      }, at: [logits], using: &generator)
    #expect(report.passed, "\(report)")
  }

  @Test(
    "masked classes are never drawn, and gradients are numbers",
    arguments: [1e-6, 1e-2, 1, 100] as [Scalar])
  func masked(temperature: Scalar) {
    var generator = Philox(seed: 64)
    let logits = Tensor([0.5, -Scalar.infinity, 1.5, -0.2], shape: [1, 4])
    for hard in [false, true] {
      var estimator = GumbelSoftmax<Categorical>(
        temperature: .constant(Double(temperature)), isHard: hard, samples: 100)
      var seen: Tensor = 0
      let slopes = gradient(at: logits) { logits in
        estimator.expectation(
          over: Categorical(logits: logits), using: &generator,
          of: { (point: Tensor, _: inout Philox) -> Tensor in
            seen = point.detached()
            return (point * Tensor([1, 2, 3, 4])).sum(along: -1).sum(along: -1)
          })
      }
      #expect(slopes.scalars.allSatisfy { !$0.isNaN })
      #expect(seen.sliced(along: -1, at: 1).scalars.allSatisfy { $0 == 0 })
      if hard { #expect(seen.scalars.allSatisfy { $0 == 0 || $0 == 1 }) }
    }
  }
}
