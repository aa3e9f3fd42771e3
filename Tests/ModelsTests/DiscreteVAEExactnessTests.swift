import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors
import Testing

/// The gradient in every weight of encoder, decoder and prior, with every draw or all noise summed
/// out.
struct DiscreteVAEExactnessTests {
  typealias Wrong = [String]

  /// The weights in which an estimator that draws states is wrong, the divergence in closed form or
  /// sampled.
  static func wrong<Latents: LatentLaw>(
    _ latents: Latents, hidden: [Int], prior: [Int]?, draws: DrawList<Latents>,
    samples: Int, _ make: (Latents.Sample) -> BoundEstimation<Latents>
  ) -> Wrong {
    let small = SmallAutoencoder(latents, hidden: hidden, prior: prior)
    let places = draws.places(samples: samples)
    let drawn = draws.samples(places)
    let q = small.model.posterior(
      given: Bits(SmallAutoencoder<Latents>.data.broadcast(to: [places[0].count, 4])))
    let weights = q.logProbability(drawn).sum(along: 0).exp()
    return BeliefNetworkExactnessTests.wrong(
      small.mean(weights: weights, make(drawn)), expected: small.exact)
  }

  static func enumerated<Latents: LatentLaw>(
    _ latents: Latents, hidden: [Int], prior: [Int]? = nil, draws: DrawList<Latents>
  ) -> [String: Wrong] {
    typealias Law = Prescribed<Latents>
    func check(_ samples: Int, _ make: (Latents.Sample) -> BoundEstimation<Latents>) -> Wrong {
      wrong(latents, hidden: hidden, prior: prior, draws: draws, samples: samples, make)
    }
    var generator = Philox(seed: 3)
    let network = NetworkBaseline(center: .full(0.4, [4]), units: 6, using: &generator)
    return [
      "exact": check(1) { _ in .analytic(Exact<Latents>()) },
      "exact, sampled": check(1) { _ in .sampled(Exact<Latents>()) },
      "reinforce": check(1) {
        .analytic(Listed(estimator: Reinforce<Law, _>(baseline: .constant(initial: 2)), draws: $0))
      },
      "leave-one-out, sampled": check(2) {
        .sampled(
          Listed(estimator: Reinforce<Law, _>(samples: 2, baseline: .leaveOneOut), draws: $0))
      },
      "nvil, sampled": check(1) {
        .sampled(
          Listed(estimator: NVIL<Law>(network: network, normalizesVariance: false), draws: $0))
      },
      "nvil": check(1) {
        .analytic(
          Listed(estimator: NVIL<Law>(network: network, normalizesVariance: false), draws: $0))
      },
      "muprop": check(1) { .analytic(Listed(estimator: MuProp<Law>(), draws: $0)) },
      "double-cv": check(2) {
        .analytic(Listed(estimator: DoubleControlVariate<Law>(samples: 2), draws: $0))
      },
    ]
  }

  @Test("estimators that draw states are exact in every weight, of bits", arguments: [[], [3]])
  func bits(hidden: [Int]) {
    let found = Self.enumerated(Bernoulli(logits: .zeros([3])), hidden: hidden, draws: .bits(3))
    #expect(found.filter { !$0.value.isEmpty } == [:])
  }

  @Test("and where a masked network is the prior of bits", arguments: [[6], [5, 4]])
  func maskedPrior(prior: [Int]) {
    let found = Self.enumerated(
      Bernoulli(logits: .zeros([3])), hidden: [], prior: prior, draws: .bits(3))
    #expect(found.filter { !$0.value.isEmpty } == [:])
  }

  @Test("a masked network as a prior is a law of bits with a code")
  func law() {
    var noise = Philox(seed: 14)
    var prior = Prior(of: Bernoulli(logits: .zeros([6])), hidden: [12], using: &noise)
    prior.forEachParameter { tensor, _ in
      tensor = tensor + Tensor.randomNormal(tensor.shape, using: &noise)
    }
    let chances = prior.logProbability(prior.distribution.states()).exp().scalars
    #expect(abs(chances.reduce(0, +) - 1) < 1e-5)
    // 1,000 samples, 4.5 standard errors: a false-alarm rate of 1e-5.
    #expect(CodeCheck(prior).failures(seed: 15).isEmpty)
    #expect(
      CodeCheck(Prior(of: Categorical(logits: .zeros([2, 3])), isLearned: true))
        .failures(seed: 16).isEmpty)
  }

  @Test("estimators that draw states are exact in every weight, of classes", arguments: [[], [3]])
  func classes(hidden: [Int]) {
    let found = Self.enumerated(
      Categorical(logits: .zeros([2, 3])), hidden: hidden, draws: .variables(2, classes: 3))
    #expect(found.filter { !$0.value.isEmpty } == [:])
  }

  @Test("estimators that draw states are exact in every weight, of structures")
  func structures() {
    func check(_ structure: some Structure, hidden: [Int] = []) {
      let latents = Gibbs(logits: .zeros([structure.partCount]), structure: structure)
      let found = Self.enumerated(latents, hidden: hidden, draws: .states(of: structure))
      #expect(found.filter { !$0.value.isEmpty } == [:], "\(structure)")
    }
    check(SpanningTree(vertices: 4))
    check(SpanningTree(vertices: 3), hidden: [3])
    check(Arborescence(words: 2))
    check(Chain(steps: 2, labels: 2), hidden: [3])
    check(BinaryTree(leaves: 4))
    check(Segmentation(steps: 3, longest: 2))
    check(Alignment(rows: 2, columns: 2))
  }

  // MARK: Noise that is integrated

  static let pair = SmallAutoencoder(Bernoulli(logits: .zeros([2])), hidden: [])

  static var posteriorLogits: Tensor {
    pair.model.posterior(given: Bits(SmallAutoencoder<Bernoulli>.data)).logits.detached()
      .sliced(along: 0, at: 0)
  }

  static func wrong(
    weights: Tensor, tolerance: Double,
    _ estimate:
      @escaping @Sendable (Bernoulli, Tensor?, inout Philox, Noised<Bernoulli>.Cost) ->
      Tensor
  ) -> Wrong {
    let mean = pair.mean(weights: weights, .analytic(Noised<Bernoulli>(estimate: estimate)))
    let exact = pair.exact
    return exact.filter { name, exact in
      !zip(mean[name]?.scalars ?? [], exact.scalars).allSatisfy {
        abs(Double($0 - $1)) <= tolerance
      } || mean[name] == nil
    }.keys.sorted()
  }

  @Test("ARM and DisARM are, on every piece of their uniforms")
  func antithetic() {
    let rows = NoiseRows.pieces(antitheticCuts(Self.posteriorLogits))
    let uniforms = rows.values.expandingDimensions(at: 0)
    let arm = Self.wrong(weights: rows.weights, tolerance: rounding) { q, _, generator, cost in
      ARM().expectation(over: q, uniforms: uniforms, using: &generator) { z, g in
        cost(z.tensor, &g)
      }
    }
    let disARM = Self.wrong(weights: rows.weights, tolerance: rounding) { q, _, generator, cost in
      DisARM().expectation(over: q, uniforms: uniforms, using: &generator) { z, g in
        cost(z.tensor, &g)
      }
    }
    #expect(arm == [] && disARM == [])
  }

  @Test("REBAR and RELAX are, by quadrature of their noise")
  func coupled() {
    let cuts = (-Self.posteriorLogits).sigmoid().scalars.map { [Double($0)] }
    let rows = NoiseRows.quadrature(cuts, nodes: 48)
    let noise = rows.values.logit().expandingDimensions(at: 0)
    let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-8 : 2e-3
    let rebar = Self.wrong(weights: rows.weights, tolerance: tolerance) { q, _, generator, cost in
      var rebar = REBAR<Bernoulli>(temperature: 0.8, scale: 0.7)
      return rebar.expectation(
        over: q, noise: noise, conditionalNoise: nil, using: &generator, cost)
    }
    let relax = Self.wrong(weights: rows.weights, tolerance: tolerance) {
      q, context, generator, cost in
      var seeds = Philox(seed: 8)
      var critic = Critic(inputs: 2, contextSize: 4, units: 4, temperature: 0.8, using: &seeds)
      critic.scale = 1.3
      var relax = RELAX<Bernoulli>(critic: critic)
      return relax.expectation(
        over: q, given: context, noise: noise, conditionalNoise: nil, using: &generator
      ) { z, g in cost(z.tensor, &g) }
    }
    #expect(rebar == [] && relax == [])
  }

  // MARK: Drawn for real

  /// The largest score of the mean over calls of whole batches.
  static func score<Latents: LatentLaw>(
    _ small: SmallAutoencoder<Latents>, _ estimation: BoundEstimation<Latents>,
    expected: [String: Tensor], calls: Int = 400
  ) -> Double {
    let names = expected.keys.sorted()
    let target = names.flatMap { (expected[$0]?.scalars ?? []).map { Double($0) } }
    var generator = Philox(seed: 77)
    var moments = Moments(coordinates: target.count)
    for _ in 0..<calls {
      let gradient = BeliefNetworkExactnessTests.gradient(of: small.model) { model in
        var own = estimation
        return model.negativeBound(
          of: Bits(SmallAutoencoder<Latents>.data.broadcast(to: [200, 4])), estimators: &own,
          using: &generator
        ).mean()
      }
      moments.add(names.flatMap { (gradient[$0]?.scalars ?? []).map { Double($0) } })
    }
    let scores = moments.zScores(against: target, rounding: 2e-5)
    return scores.map(abs).max() ?? 0
  }

  @Test("the others are, drawn for real: 80,000 draws each, family-wise false alarms below 1e-6")
  func sampled() {
    let bits = SmallAutoencoder(Bernoulli(logits: .zeros([3])), hidden: [])
    let classes = SmallAutoencoder(Categorical(logits: .zeros([2, 3])), hidden: [])
    var seeds = Philox(seed: 5)
    var critic = Critic(inputs: 6, units: 4, using: &seeds)
    critic.scale = 0.9
    let ofBits: [(String, BoundEstimation<Bernoulli>)] = [
      ("bitflip", .sampled(BitFlip())), ("ugc", .sampled(UGC(threshold: 0.2))),
      ("arms", .sampled(ARMS(samples: 4))), ("disarm", .sampled(DisARM(pairs: 2))),
      ("unordered-set", .sampled(UnorderedSet<Bernoulli>(samples: 3))),
      (
        "sum-and-sample",
        .sampled(RaoBlackwell<Bernoulli, _>(top: 2, Reinforce(baseline: NoBaseline())))
      ),
      ("rebar, fresh noise", .analytic(REBAR<Bernoulli>(isCoupled: false))),
    ]
    let ofClasses: [(String, BoundEstimation<Categorical>)] = [
      ("arsm", .sampled(ARSM())), ("carms", .sampled(CARMS(pairs: 2))),
      ("disarm, balanced", .sampled(CategoricalDisARM(tree: .balanced))),
      ("disarm, stick-breaking", .sampled(CategoricalDisARM(tree: .stickBreaking))),
      ("unordered-set", .sampled(UnorderedSet<Categorical>(samples: 3))),
      ("rebar", .analytic(REBAR<Categorical>(scale: 0.6))),
      ("relax", .sampled(RELAX<Categorical>(critic: critic))),
    ]
    let count = ofBits.count * 34 + ofClasses.count * 64
    let threshold = zThreshold(familyWise: 1e-6, comparisons: count)
    let (expectedOfBits, expectedOfClasses) = (bits.exact, classes.exact)
    for (name, estimation) in ofBits {
      let score = Self.score(bits, estimation, expected: expectedOfBits)
      #expect(score < threshold, "\(name): \(score) standard errors")
    }
    for (name, estimation) in ofClasses {
      let score = Self.score(classes, estimation, expected: expectedOfClasses)
      #expect(score < threshold, "\(name): \(score) standard errors")
    }
  }

  @Test("vimco follows its own bound: 80,000 draws, false alarms below 1e-6")
  func multiSample() {
    let small = SmallAutoencoder(Bernoulli(logits: .zeros([2])), hidden: [])
    let exact = BeliefNetworkExactnessTests.gradient(of: small.model) { model in
      var (estimation, generator) = (
        BoundEstimation<Bernoulli>.multiSample(ExactBound(samples: 3)), Philox(seed: 0)
      )
      return model.negativeBound(
        of: Bits(SmallAutoencoder<Bernoulli>.data), estimators: &estimation, using: &generator
      ).sum()
    }
    let estimation = BoundEstimation<Bernoulli>.multiSample(VIMCO(samples: 3))
    #expect(estimation.objective == .multiSampleBound(3))
    let score = Self.score(small, estimation, expected: exact)
    #expect(score < zThreshold(familyWise: 1e-6, comparisons: 30), "\(score)")
  }

  @Test("importance weights average to the likelihood: 200,000 draws, false alarms below 1e-6")
  func likelihood() {
    let small = SmallAutoencoder(Categorical(logits: .zeros([2, 3])), hidden: [])
    var generator = Philox(seed: 5)
    var moments = Moments(coordinates: 1)
    let data = Bits(SmallAutoencoder<Categorical>.data.broadcast(to: [100, 4]))
    let weights = small.model.logWeights(of: data, samples: 2000, using: &generator).exp()
    for weight in weights.scalars { moments.add([Double(weight)]) }
    let expected = Double(small.terms(small.model).joint.logSumExp(along: 0).exp().item)
    let score = moments.zScores(against: [expected], rounding: 0)[0]
    #expect(abs(score) < zThreshold(familyWise: 1e-6, comparisons: 1))
  }

  @Test("a relaxed objective says so, and a divergence that is sampled has no relaxed estimator")
  func objectives() {
    let soft = BoundEstimation<Categorical>.analytic(GumbelSoftmax<Categorical>())
    let hard = BoundEstimation<Categorical>.analytic(GumbelSoftmax<Categorical>(isHard: true))
    #expect(soft.objective == .relaxedBound && hard.objective == .bound)
  }
}
