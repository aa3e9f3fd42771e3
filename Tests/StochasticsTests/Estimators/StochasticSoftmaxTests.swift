import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct StochasticSoftmaxTests {
  private let shape = BinaryTree(leaves: 4)

  private func scores(_ rows: Int = 1) -> Tensor {
    var generator = Philox(seed: 31)
    return Tensor.zeros([rows, shape.partCount])
      + Tensor.randomNormal([shape.partCount], using: &generator)
  }

  private func cost(_ z: Tensor) -> Tensor {
    let weights = Tensor((0..<shape.partCount).map { Scalar($0 * 7 % 5) * 0.5 - 1 })
    return (z * weights).sum(along: -1).squared()
  }

  @Test("the gradient is that of the value by finite differences, at equal noise")
  func differences() {
    func value(_ logits: Tensor) -> Tensor {
      var (estimator, generator) = (
        StochasticSoftmax<Gibbs<BinaryTree>>(temperature: 0.7, samples: 3), Philox(seed: 5)
      )
      return estimator.expectation(
        over: Gibbs(logits: logits, structure: shape), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in cost(z) }
      ).sum()
    }
    let start = scores()
    let slopes = gradient(at: start, value).scalars
    let isDouble = MemoryLayout<Scalar>.size == 8
    let step: Scalar = isDouble ? 1e-6 : 1e-2
    for part in 0..<shape.partCount {
      var move = [Scalar](repeating: 0, count: shape.partCount)
      move[part] = step
      let difference =
        (value(start + Tensor(move)).item - value(start - Tensor(move)).item) / (2 * step)
      #expect(abs(difference - slopes[part]) < (isDouble ? 1e-7 : 5e-3))
    }
  }

  @Test("as the temperature falls points tend to the best state of the perturbed scores")
  func limit() {
    let q = Gibbs(logits: scores(50), structure: shape)
    var (estimator, generator) = (
      StochasticSoftmax<Gibbs<BinaryTree>>(temperature: 1e-4), Philox(seed: 6)
    )
    var same = generator
    var points = Tensor(0)
    _ = estimator.expectation(
      over: q, using: &generator,
      of: { (z: Tensor, _: inout Philox) -> Tensor in
        points = z
        return cost(z)
      })
    let noise = Tensor.randomGumbel([1] + q.logits.shape, using: &same)
    let best = q.mode(of: q.logits + noise).tensor
    #expect(((points - best).squared().scalars.max() ?? .infinity) < 1e-6)
    #expect(estimator.isRelaxed && estimator.bias == .biased)
  }

  /// 100,000 draws; the mean is within five standard errors with probability 1 - 6e-7.
  @Test("the divergence of the noise is its Monte Carlo mean, and above that of the states")
  func divergence() {
    let tree = SpanningTree(vertices: 3)
    let scores = Tensor([0.8, -0.5, 0.2]).reshaped([1, 3])
    let q = Gibbs(logits: scores, structure: tree)
    let bound = Double(StochasticSoftmax<Gibbs<SpanningTree>>.noiseDivergence(of: q).item)
    var generator = Philox(seed: 7)
    let count = 100_000
    let noise = Tensor.randomGumbel([count, 3], using: &generator)
    let x = noise + scores
    // log of exp(-g - exp(-g)) at the scores, less that at zero.
    let ratios = ((x + (-x).exp()) - (noise + (-noise).exp())).sum(along: -1).scalars
    let mean = ratios.reduce(0) { $0 + Double($1) } / Double(count)
    let variance =
      ratios.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      / Double(count)
    #expect(abs(mean - bound) < 5 * (variance / Double(count)).squareRoot() + 1e-4)
    // The law of the best tree, by its traces, against that of equal scores.
    func trees(_ logits: Tensor) -> [Double] {
      let law = KruskalTraces(logits: logits, vertices: 3)
      let states = law.states()
      let (p, z) = (law.logProbability(states).exp().scalars, KruskalTraces.point(states))
      return (0..<3).map { missing in
        (0..<p.count).reduce(0) {
          z.scalars[$1 * 3 + missing] == 0 ? $0 + Double(p[$1]) : $0
        }
      }
    }
    let (own, equal) = (trees(scores), trees(.zeros([1, 3])))
    let states = zip(own, equal).reduce(0.0) {
      $0 + $1.0 * Double(Tensor(Scalar($1.0 / $1.1)).log().item)
    }
    #expect(states > 0.01 && states < bound)
    // The exact one of the Gibbs law is a third number.
    #expect(abs(Double(q.klDivergenceToUniform().item) - states) > 1e-3)
  }
}
