import DiscreteTesting
import Stochastics
import Tensors
import Testing

@Suite struct CategoricalTests {
  /// Families with one and several variables and batch entries, K = 1, and masked classes first,
  /// last and in between.
  static let logits: [Tensor] = [
    Tensor([0.2, -1, 1.5], shape: [1, 3]),
    Tensor([-.infinity, 0, 1, -.infinity, 2, -.infinity], shape: [1, 6]),
    Tensor([0, 1, 2, 2, 0, -1, 0.5, -.infinity, 0, -3, 3, 0], shape: [2, 2, 3]),
    Tensor([7, -7], shape: [2, 1]),
    Tensor([1e4, 0, -1e4, 1e4, -1e4, 1e4 - 1], shape: [2, 3]),
  ]

  static func check(_ logits: Tensor) -> DistributionCheck<Categorical> {
    DistributionCheck(at: logits, tolerance: Numerics.isDouble ? 1e-12 : 1e-5) {
      Categorical(logits: $0)
    }
  }

  @Test("Keeps every promise of a distribution", arguments: logits)
  func keepsPromises(logits: Tensor) {
    // 100,000 draws; a false alarm in 10^6 runs of one family, were the seed not fixed.
    let failures = Self.check(logits).failures(draws: 100_000, falseAlarmRate: 1e-6, seed: 12)
    #expect(failures == [])
  }

  @Test("The Gumbel-max sampler has the same law", arguments: logits)
  func gumbelMax(logits: Tensor) {
    var generator = Philox(seed: 13)
    let q = Categorical(logits: logits)
    let sample = q.sampleByGumbelMax(100_000, using: &generator)
    // As above: 100,000 draws, one false alarm in 10^6.
    #expect(Self.check(logits).frequencyFailures(of: q, in: sample, falseAlarmRate: 1e-6) == [])
  }

  @Test("Shapes are samples, batch, variables")
  func shapes() {
    var generator = Philox(seed: 1)
    let q = Categorical(logits: .zeros([4, 2, 3]))
    let sample = q.sample(5, using: &generator)
    #expect(sample.shape == [5, 4, 2])
    #expect(sample.oneHot.shape == [5, 4, 2, 3])
    #expect(q.logProbability(sample).shape == [5, 4])
    #expect(q.logProbabilities(sample).shape == [5, 4, 2])
    #expect(q.entropy().shape == [4])
    #expect(q.klDivergence(to: Categorical(logits: .zeros([2, 3]))).shape == [4])
    #expect(q.states().shape == [9, 4, 2])
    #expect(q.sampleByGumbelMax(0, using: &generator).shape == [0, 4, 2])
  }

  @Test("Digit i of a state's place is variable i; too many states are not counted")
  func states() {
    let states = Categorical(logits: .zeros([2, 3])).states().indices.values
    #expect(states == [0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1, 0, 2, 1, 2, 2, 2])
    #expect(Categorical(logits: .zeros([40, 3])).stateCount == nil)
    #expect(Categorical(logits: .zeros([80, 1])).stateCount == 1)
  }

  @Test("A prior without batch axes scores samples that have them")
  func leadingAxes() {
    let prior = Categorical(logits: Tensor([0, 1, 2, 3, 5, 8], shape: [2, 3]))
    let classes = Classes(Indices([0, 2, 1, 0, 2, 1], shape: [3, 1, 2]), classCount: 3)
    let steps = prior.logProbabilities(classes)
    #expect(steps.shape == [3, 1, 2])
    let direct = (prior.logits.logSoftmax(along: -1) * classes.oneHot).sum(along: -1)
    #expect((steps - direct).abs().sum().item < 1e-5)
  }

  @Test("Masked classes are impossible and silent")
  func masks() {
    let logits = Tensor([-.infinity, 0.5, -.infinity, -0.5], shape: [1, 4])
    let q = Categorical(logits: logits)
    let masked = Classes(Indices([0], shape: [1, 1]), classCount: 4)
    let open = Classes(Indices([1], shape: [1, 1]), classCount: 4)
    #expect(q.logProbability(masked).item == -.infinity)
    #expect(q.probabilities.scalars[0] == 0)
    let two = Categorical(logits: Tensor([0.5, -0.5], shape: [1, 2]))
    #expect(abs(q.entropy().item - two.entropy().item) < 1e-6)
    let uniform = Categorical(logits: .zeros([1, 4]))
    #expect(q.klDivergence(to: q).item == 0)
    #expect(q.klDivergence(to: uniform).item.isFinite)
    #expect(uniform.klDivergence(to: q).item == .infinity)
    for body: (Tensor) -> Tensor in [
      { Categorical(logits: $0).entropy() },
      { Categorical(logits: $0).klDivergence(to: uniform) },
      { Categorical(logits: $0).klDivergence(to: q) },
      { q.klDivergence(to: Categorical(logits: $0)) },
      { Categorical(logits: $0).logProbability(open) },
      { Categorical(logits: $0).logProbability(masked) },
      { Categorical(logits: $0).logProbability(q.states()).exp() },
      { Categorical(logits: $0).probabilities.squared() },
    ] {
      let slope = gradient(at: logits, body).scalars
      #expect(slope.allSatisfy { $0.isFinite })
      #expect(slope[0] == 0 && slope[2] == 0)
    }
  }

  @Test("One class is certain; a hundred thousand are a distribution")
  func sizes() {
    var generator = Philox(seed: 5)
    let one = Categorical(logits: Tensor([-1e4], shape: [1, 1]))
    #expect(one.entropy().item == 0)
    #expect(one.logProbability(one.sample(3, using: &generator)).scalars == [0, 0, 0])

    let k = 100_000
    let many = Categorical(logits: .zeros([1, k]))
    #expect(Numerics.agree(Double(many.entropy().item), 11.512925464970229))
    for sample in [
      many.sample(4000, using: &generator), many.sampleByGumbelMax(400, using: &generator),
    ] {
      let classes = sample.indices.values.map { Double($0) }
      let n = Double(classes.count)
      let total: Double = classes.reduce(0, +)
      let mean = total / n / Double(k)
      // Six standard errors of a uniform mean: a false alarm in 10^9.
      #expect(abs(mean - 0.5) < 6 / (12 * n).squareRoot())
    }
  }

  @Test("Logits of 1e4 leave one class and no entropy")
  func extremes() {
    var generator = Philox(seed: 6)
    let q = Categorical(logits: Tensor([-1e4, 1e4, 0], shape: [1, 3]))
    let other = Categorical(logits: Tensor([1e4, -1e4, 0], shape: [1, 3]))
    #expect(q.sample(1000, using: &generator).indices.values.allSatisfy { $0 == 1 })
    #expect(q.sampleByGumbelMax(1000, using: &generator).indices.values.allSatisfy { $0 == 1 })
    #expect(q.entropy().item == 0)
    #expect(q.klDivergence(to: other).item == 2e4)
    #expect(gradient(at: q.logits) { Categorical(logits: $0).entropy() }.scalars == [0, 0, 0])
  }
}
