import DiscreteTesting
import Stochastics
import Tensors
import Testing

@Suite("Exact enumeration")
struct ExactExactnessTests {
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
  }
}
