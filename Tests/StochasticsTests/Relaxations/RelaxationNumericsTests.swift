import Foundation
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
      let law = Concrete(logits: Tensor(logits), temperature: Double(temperature))
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
    let y = q.relax(z, temperature: Tensor(temperature))
    #expect(Self.isSimplex(y))
    // The logarithm of a sample is finite where the sample is not above zero.
    let density = Concrete(logits: .zeros([100_000]), temperature: Double(temperature))
      .logDensity(ofLog: (z / temperature).logSoftmax(along: -1))
    #expect(density.scalars.allSatisfy { !$0.isNaN })
  }

  @Test("a density at the ends is its limit, and no sample's is not a number")
  func ends() {
    var generator = Philox(seed: 67)
    for temperature in [0.1, 0.5, 1, 3] as [Scalar] {
      let bit = BinaryConcrete(logits: 2, temperature: Double(temperature))
      let density = bit.logDensity(of: bit.sample(20_000, using: &generator))
      #expect(density.scalars.allSatisfy { !$0.isNaN })
      let limit: [Scalar] =
        temperature == 1
        ? [-2, 2] : temperature < 1 ? [.infinity, .infinity] : [-.infinity, -.infinity]
      #expect(bit.logDensity(of: [0, 1]).scalars == limit)
      // The same inside, where the log-odds say it, with a slope.
      let y: Tensor = [1e-6, 0.2, 0.5, 0.9]
      let l = y.log() - (-y).log1p()
      let same = bit.logDensity(ofLogit: l) - y.log() - (-y).log1p()
      for (a, b) in zip(bit.logDensity(of: y).scalars, same.scalars) {
        #expect(abs(a - b) < 1e-4 * max(1, abs(b)))
      }
      let slopes = gradient(at: [2, 2]) {
        BinaryConcrete(logits: $0, temperature: Double(temperature)).logDensity(of: [0, 1])
      }
      #expect(slopes.scalars == [-1, 1])

      let three = Concrete(logits: [10, 0, -10], temperature: Double(temperature))
      let ofThree = three.logDensity(of: three.sample(20_000, using: &generator))
      #expect(ofThree.scalars.allSatisfy { !$0.isNaN })
    }
    // One of three at 0: log 2 - (1 + τ) log(1/4) + 2 log τ + sum of logits - 3 logit, where τ (K -
    // 1) = 1.
    let end = Concrete(logits: [0.3, 0.1, -0.2], temperature: 0.5)
    let exact = log(2.0) + 2 * log(0.5) + 0.2 + 3 * log(2.0) + 0.6
    #expect(abs(Double(end.logDensity(of: [0.5, 0.5, 0]).item) - exact) < 1e-5)
    #expect(
      Concrete(logits: [0.3, 0.1, -0.2], temperature: 0.4).logDensity(of: [0.5, 0.5, 0]).item
        == .infinity)
    #expect(
      Concrete(logits: [0.3, 0.1, -0.2], temperature: 0.6).logDensity(of: [0.5, 0.5, 0]).item
        == -.infinity)
  }
}
