import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct ExactTests {
  @Test("every promise is kept", arguments: Cost.allCases)
  func promises(cost: Cost) {
    #expect(bits.check(cost).failures(of: .exact()).map(\.description) == [])
    #expect(classes.check(cost).failures(of: .exact()).map(\.description) == [])
  }

  @Test(
    "the gradient is that of the sum over states by finite differences", arguments: Cost.allCases)
  func finiteDifferences(cost: Cost) {
    func report<Base>(on problem: Problem<Base>) -> GradientReport {
      var generator = Philox(seed: 0)
      return checkGradient(
        of: { inputs in
          var (exact, noise) = (Exact<Base>(), Philox(seed: 0))
          return exact.expectation(
            over: problem.draws.distribution(inputs[0], 1), using: &noise,
            of: { (point: Base.Point, _: inout Philox) -> Tensor in
              cost(problem.values(point))
            })
        }, at: [problem.parameters], using: &generator)
    }
    for report in [report(on: bits), report(on: classes)] {
      #expect(report.passed, "\(report)")
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
    let slopes = gradient(at: certain.logits) { logits in
      exact.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in
          z.tensor.sliced(along: -1, at: 0).log() + 4 + z.tensor.sliced(along: -1, at: 1)
        }
      ).sum()
    }
    #expect(slopes.scalars == [0, 0.25], "\(slopes.scalars)")
    // The bound over a masked class is that without it.
    var (bound, other) = (ExactBound<Categorical>(samples: 2), ExactBound<Categorical>(samples: 2))
    func weights(_ q: Categorical) -> (Classes, inout Philox) -> Tensor {
      { z, _ in Tensor(z.indices.values.map { Scalar($0) }) - q.logProbability(z) }
    }
    let masked = Categorical(logits: Tensor([0.3, -0.4, -.infinity], shape: [1, 3]))
    let plain = Categorical(logits: Tensor([0.3, -0.4], shape: [1, 2]))
    let a = bound.bound(
      over: masked, given: nil, using: &generator, ofLogWeight: weights(masked))
    let b = other.bound(over: plain, given: nil, using: &generator, ofLogWeight: weights(plain))
    #expect(abs(a.item - b.item) < 1e-5, "\(a.item), \(b.item)")
  }
}
