import DiscreteTesting
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
