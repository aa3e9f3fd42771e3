import Stochastics
import Tensors
import Testing

struct RelaxationNumericsTests {
  static let temperatures: [Scalar] = [1e-6, 1e-2, 1, 100]

  static func isSimplex(_ y: Tensor) -> Bool {
    let sums = y.sum(along: -1).scalars
    return y.scalars.allSatisfy { $0 >= 0 && $0 <= 1 } && sums.allSatisfy { abs($0 - 1) < 1e-3 }
  }

  @Test("samples lie on the simplex and densities are numbers", arguments: temperatures)
  func extremes(temperature: Scalar) {
    var generator = Philox(seed: 62)
    for logits in [[10_000, -10_000, 0], [-10_000, -10_000, -10_000], [1, 2, 3]] as [[Scalar]] {
      let law = Concrete(logits: Tensor(logits), temperature: Tensor(temperature))
      #expect(Self.isSimplex(law.sample(500, using: &generator)))
      let density = law.logDensity(ofLog: law.sampleLog(500, using: &generator))
      #expect(density.scalars.allSatisfy { !$0.isNaN })
    }
  }

  @Test("a hundred thousand classes", arguments: [0.1, 1] as [Scalar])
  func manyClasses(temperature: Scalar) {
    var generator = Philox(seed: 63)
    let q = Categorical(logits: .zeros([1, 100_000]))
    let z = q.perturbation(q.noise(2, using: &generator))
    let y = Categorical.relax(z, temperature: Tensor(temperature))
    #expect(Self.isSimplex(y))
    // The logarithm of a sample is finite where the sample is not above zero.
    let density = Concrete(logits: .zeros([100_000]), temperature: Tensor(temperature))
      .logDensity(ofLog: (z / temperature).logSoftmax(along: -1))
    #expect(density.scalars.allSatisfy { !$0.isNaN })
  }
}
