import DiscreteTesting
import RealModule
import Stochastics
import Tensors
import Testing

@Suite struct BernoulliTests {
  /// Families of every batch rank, with sure and nearly sure bits.
  static let logits: [Tensor] = [
    [0.3], [0, -1.2, 2.5], Tensor([-3, 0.1, 40, 2, -40, 1], shape: [2, 3]),
    Tensor([0.5, -0.5, 1, -1], shape: [2, 2, 1]),
  ]

  @Test("Keeps every promise of a distribution", arguments: logits)
  func keepsPromises(logits: Tensor) {
    let check = DistributionCheck(at: logits, tolerance: Numerics.isDouble ? 1e-12 : 1e-5) {
      Bernoulli(logits: $0)
    }
    // 100,000 draws; a false alarm in 10^6 runs of one family, were the seed not fixed.
    #expect(check.failures(draws: 100_000, falseAlarmRate: 1e-6, seed: 11) == [])
  }

  @Test("Gradients in probabilities are one-sided at 0 and 1, and none is not a number")
  func sureProbabilities() {
    let p: Tensor = [0, 1, 0.25]
    let right = Bits(Tensor([0, 1, 1]))
    #expect(Bernoulli(probabilities: p).logits.scalars[..<2] == [-.infinity, .infinity])
    #expect(
      gradient(at: p) { Bernoulli(probabilities: $0).logProbability(right) }.scalars == [-1, 1, 4])
    #expect(
      gradient(at: p) { Bernoulli(probabilities: $0).logProbabilities(right) }.scalars == [
        -1, 1, 4,
      ])
    #expect(gradient(at: p) { Bernoulli(probabilities: $0).mean }.scalars == [1, 1, 1])
    let wrong = Bits(Tensor([1, 0, 1]))
    #expect(
      gradient(at: p) { Bernoulli(probabilities: $0).logProbability(wrong) }.scalars
        == [.infinity, -.infinity, 4])
    #expect(Bernoulli(probabilities: p).logProbability(wrong).item == -.infinity)
    var generator = Philox(seed: 7)
    for body: (Tensor) -> Tensor in [
      { Bernoulli(probabilities: $0).entropy() },
      { Bernoulli(probabilities: $0).klDivergence(to: Bernoulli(logits: .zeros([3]))) },
      { Bernoulli(probabilities: $0).logits.sigmoid() },
      {
        let q = Bernoulli(probabilities: $0)
        return q.relax(q.perturbation(q.noise(4, using: &generator)), temperature: 0.5)
      },
    ] {
      #expect(gradient(at: p, body).scalars.allSatisfy { $0.isFinite })
    }
  }

  @Test("Thousands of bits keep the digits of their log-probability, sure bits too")
  func manyBits() {
    let n = 5000
    for scale in [1.0, 0.2, 0] {
      let logits = (0..<n).map { i in scale == 0 ? 20 : scale * Double(i % 61 - 30) }
      let bits = (0..<n).map { i in scale == 0 || i % 3 == 0 }
      let terms = zip(logits, bits).map { logit, bit in
        let t = bit ? -logit : logit
        return max(t, 0) + Double.log(onePlus: Double.exp(-abs(t)))
      }
      let value = Bernoulli(logits: Tensor(logits.map { Scalar($0) }))
        .logProbability(Bits(bits, shape: [n])).item
      let expected = -terms.reduce(0, +)
      #expect(abs(Double(value) / expected - 1) < (Numerics.isDouble ? 1e-13 : 1e-5))
    }
    var withNaN = [Scalar](repeating: 0, count: n)
    withNaN[n / 2] = .nan
    let bits = Bits([Bool](repeating: true, count: n), shape: [n])
    #expect(Bernoulli(logits: Tensor(withNaN)).logProbability(bits).item.isNaN)
  }

  @Test("Slopes of logits that are used once and of logits that are shared are the same")
  func slopesOfOnePass() {
    var generator = Philox(seed: 3)
    let logits = Tensor.randomNormal([3, 70], using: &generator) * 4
    let bits = Bernoulli(logits: .zeros([3, 70])).sample(1, using: &generator)
    let weights: Tensor = [1, -2, 0.5]
    let once = gradient(at: logits) { (Bernoulli(logits: $0).logProbability(bits) * weights).sum() }
    let twice = gradient(at: logits) {
      let both = Bits(concatenate([bits.tensor, bits.tensor], along: 0))
      return (Bernoulli(logits: $0).logProbability(both) * weights).sum() / 2
    }
    #expect(zip(once.scalars, twice.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(once.scalars.contains { abs($0) > 0.5 })
  }

  @Test("Shapes are samples, batch, event")
  func shapes() {
    var generator = Philox(seed: 1)
    let q = Bernoulli(logits: .zeros([4, 2, 3]))
    let sample = q.sample(5, using: &generator)
    #expect(sample.shape == [5, 4, 2, 3])
    #expect(q.logProbability(sample).shape == [5, 4, 2])
    #expect(q.logProbabilities(sample).shape == [5, 4, 2, 3])
    #expect(q.entropy().shape == [4, 2])
    #expect(q.klDivergence(to: Bernoulli(logits: .zeros([3]))).shape == [4, 2])
    #expect(q.states().shape == [8, 4, 2, 3])
    #expect(q.sample(0, using: &generator).shape == [0, 4, 2, 3])
  }

  @Test("Bit i of a state's place is variable i; too many states are not counted")
  func states() {
    let states = Bernoulli(logits: [0, 0]).states().tensor
    #expect(states.scalars == [0, 0, 1, 0, 0, 1, 1, 1])
    #expect(Bernoulli(logits: .zeros([62])).stateCount == 1 << 62)
    #expect(Bernoulli(logits: .zeros([63])).stateCount == nil)
  }

  @Test("A prior without batch axes scores samples that have them")
  func leadingAxes() {
    let prior = Bernoulli(logits: [1, -1])
    let bits = Bits([true, true, false, true, false, false], shape: [3, 1, 2])
    #expect(prior.logProbability(bits).shape == [3, 1])
    let steps = prior.logProbabilities(bits).sum(along: -1)
    #expect((prior.logProbability(bits) - steps).abs().sum().item < 1e-6)
  }

  @Test("Logits of 1e4 are as good as sure, infinite ones are", arguments: [1e4, Scalar.infinity])
  func extremes(logit: Scalar) {
    var generator = Philox(seed: 3)
    let q = Bernoulli(logits: [logit, -logit])
    let other = Bernoulli(logits: [-logit, logit])
    #expect(q.sample(1000, using: &generator).tensor.sum(along: 0).scalars == [1000, 0])
    #expect(q.entropy().item == 0)
    #expect(q.klDivergence(to: q).item == 0)
    #expect(q.klDivergence(to: other).item == 2 * logit)
    let right = Bits([true, false], shape: [1, 2])
    #expect(q.logProbability(right).item == 0)
    #expect(other.logProbability(right).item == -2 * logit)
    for scalars in [
      gradient(at: q.logits) { Bernoulli(logits: $0).entropy() },
      gradient(at: q.logits) { Bernoulli(logits: $0).klDivergence(to: q) },
      gradient(at: q.logits) { Bernoulli(logits: $0).logProbability(right) },
    ] {
      #expect(scalars.scalars == [0, 0])
    }
  }

  @Test("Probabilities become logits, the ends of [0, 1] too")
  func probabilities() {
    let q = Bernoulli(probabilities: [0, 0.25, 0.5, 1])
    #expect(q.logits.scalars[0] == -.infinity && q.logits.scalars[3] == .infinity)
    #expect((q.mean - [0, 0.25, 0.5, 1]).abs().sum().item < 1e-6)
  }
}
