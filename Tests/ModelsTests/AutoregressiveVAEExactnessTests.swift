import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors
import Testing

/// An autoencoder whose inference network is masked: its law, and its gradient in every weight with
/// every draw summed out.
struct AutoregressiveVAEExactnessTests {
  typealias Law = Prescribed<ConditionalMADE>

  static func model(
    bits: Int, hidden: [Int] = [], posterior: [Int] = [6], prior: [Int]? = nil
  ) -> AutoregressiveVAE {
    var noise = Philox(seed: 81)
    var model = AutoregressiveVAE(
      bits: bits, hidden: hidden, posteriorHidden: posterior, learnsPrior: true,
      priorHidden: prior, mean: [0.2, 0.7, 0.5, 0.4], using: &noise)
    model.forEachParameter { tensor, role in
      guard role == .trained else { return }
      tensor = tensor + Tensor.randomNormal(tensor.shape, using: &noise) * 0.8
    }
    return model
  }

  static let data = Bits(Tensor([1, 0, 1, 1], shape: [1, 4]))

  static let several = Bits(
    Tensor([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1], shape: [3, 4]))

  // MARK: The law

  @Test("probabilities of all latents sum to one, for every example", arguments: [[9], [12, 10]])
  func sums(posterior: [Int]) {
    let q = Self.model(bits: 7, posterior: posterior).posterior(given: Self.several)
    let states = q.states()
    #expect(states.shape == [128, 3, 7] && q.batch == [3])
    let sums = q.logProbability(states).exp().sum(along: 0)
    for sum in sums.scalars { #expect(abs(sum - 1) < 1e-5) }
    let steps = q.logProbabilities(states).sum(along: -1)
    for (sum, whole) in zip(steps.scalars, q.logProbability(states).scalars) {
      #expect(abs(sum - whole) < 1e-4)
    }
  }

  /// The shifts of an example are biases that are its own.
  @Test("the law of each example is that of a masked network with other biases", arguments: [0, 2])
  func biases(example: Int) {
    let model = Self.model(bits: 7, posterior: [9, 8])
    let q = model.posterior(given: Self.several)
    let shifts = model.encoder(Self.several.tensor, centeredBy: model.mean)
      .sliced(along: 0, at: example)
    var alone = model.network
    alone.layers[0].bias = alone.layers[0].bias + shifts.sliced(along: 0, 0..<9)
    alone.layers[2].bias = alone.layers[2].bias + shifts.sliced(along: 0, 9..<16)
    let expected = alone.logProbability(alone.states()).scalars
    let found = q.logProbability(q.states()).sliced(along: 1, at: example).scalars
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-4) }
  }

  /// 1,000 samples of each of three examples, 4.5 standard errors: a false-alarm rate of 1e-5.
  @Test(
    "samples take their entropy, and are read as they were written", arguments: [[9], [12, 10]])
  func lengths(posterior: [Int]) {
    let model = Self.model(bits: 7, posterior: posterior)
    #expect(CodeCheck(model.posterior(given: Self.several)).failures(seed: 82).isEmpty)
  }

  @Test("rows of a walk may be dropped and repeated, each with its own example")
  func selection() {
    let q = Self.model(bits: 5).posterior(given: Self.several)
    var (whole, some) = (q.choices(samples: 1), q.choices(samples: 1))
    let places = [2, 0, 2]
    some.select(places)
    for step in 0..<5 {
      let bits: [Int32] = [1, 0, step == 2 ? 0 : 1]
      let (expected, found) = (whole.logProbabilities(), some.logProbabilities())
      for (row, place) in places.enumerated() {
        #expect(found[2 * row] == expected[2 * place])
      }
      whole.take(bits)
      some.take(places.map { bits[$0] })
    }
  }

  @Test("codes take the likelier value of each bit given those before")
  func codes() {
    let model = Self.model(bits: 6)
    let q = model.posterior(given: Self.several)
    let codes = model.codes(of: Self.several)
    #expect(codes.shape == [3, 6])
    let logs = q.logProbabilities(Bits(codes.tensor.reshaped([1, 3, 6])))
    for log in logs.scalars { #expect(log >= Scalar(0.5).logarithm - 1e-5) }
  }

  // MARK: The gradient

  /// Log-probabilities of all codes and of the data with each, [codes], by nothing of a model but
  /// its weights.
  static func terms(_ model: AutoregressiveVAE) -> (recognition: Tensor, joint: Tensor) {
    func output(_ link: Perceptron, _ input: Tensor) -> Tensor {
      var value = input
      for layer in link.hidden { value = (value.matmul(layer.weight) + layer.bias).tanh() }
      return value.matmul(link.output.weight) + link.output.bias
    }
    let n = model.network.variableCount
    let codes = Tensor(
      (0..<1 << n).flatMap { code in (0..<n).map { Scalar(code >> $0 & 1) } }, shape: [1 << n, n])
    // Degree by degree in place of a mask: unit u sees the first bits only, as many as its degree.
    let (shifts, degrees) = (
      output(model.encoder, data.tensor - model.mean), model.network.masks[0].degrees[0]
    )
    let (first, last) = (model.network.layers[0], model.network.layers[1])
    let units = first.bias.count
    var logits = [Tensor](repeating: 0, count: n)
    for bit in 0..<n {
      var sum =
        last.bias.sliced(along: 0, at: bit)
        + shifts.sliced(along: 1, at: units + bit).reshaped([])
      for unit in 0..<units where degrees[unit] <= bit {
        var value =
          first.bias.sliced(along: 0, at: unit)
          + shifts.sliced(along: 1, at: unit).reshaped([])
        for seen in 0..<degrees[unit] {
          value =
            value + codes.sliced(along: 1, at: seen)
            * first.weight.sliced(along: 0, at: seen).sliced(along: 0, at: unit)
        }
        sum =
          sum + maximum(value, 0)
          * last.weight.sliced(along: 0, at: unit).sliced(along: 0, at: bit)
      }
      logits[bit] = sum.broadcast(to: [1 << n])
    }
    let odds = stack(logits, along: 1)
    let pixels = output(model.decoder, codes * 2 - 1)
    let prior =
      model.prior.network.map {
        Bernoulli(logits: $0.logits(of: Bits(codes))).logProbability(Bits(codes))
      } ?? (codes * model.prior.logits - model.prior.logits.softplus()).sum(along: -1)
    return (
      (codes * odds - odds.softplus()).sum(along: -1),
      (pixels * data.tensor - pixels.softplus()).sum(along: -1) + prior
    )
  }

  static func negativeBound(_ model: AutoregressiveVAE) -> Tensor {
    let (recognition, joint) = terms(model)
    return (recognition.exp() * (recognition - joint)).sum()
  }

  /// The weights in which an estimator is wrong whose draws are listed.
  static func wrong(
    _ model: AutoregressiveVAE, samples: Int,
    _ make: (Bits) -> any BlackBoxGradientEstimator<ConditionalMADE>
  ) -> [String] {
    let draws = DrawList<Bernoulli>.bits(model.network.variableCount)
    let places = draws.places(samples: samples)
    let drawn = draws.samples(places)
    let x = Bits(data.tensor.broadcast(to: [places[0].count, 4]))
    let weights = model.posterior(given: x).logProbability(drawn).sum(along: 0).exp()
    let mean = BeliefNetworkExactnessTests.gradient(of: model) { model in
      var (bound, noise) = (SampledBound.expectation(make(drawn)), Philox(seed: 0))
      let bounds = model.negativeBound(of: x, estimators: &bound, using: &noise)
      return (bounds * weights).sum()
    }
    return BeliefNetworkExactnessTests.wrong(
      mean, expected: BeliefNetworkExactnessTests.gradient(of: model, negativeBound))
  }

  @Test(
    "estimators that draw states are exact in every weight",
    arguments: [([], nil), ([3], nil), ([], [5])] as [([Int], [Int]?)])
  func gradient(hidden: [Int], prior: [Int]?) {
    let model = Self.model(bits: 3, hidden: hidden, prior: prior)
    var noise = Philox(seed: 3)
    let network = NetworkBaseline(center: .full(0.4, [4]), units: 6, using: &noise)
    let found = [
      "exact": Self.wrong(model, samples: 1) { _ in Exact<ConditionalMADE>() },
      "reinforce": Self.wrong(model, samples: 1) {
        Listed(estimator: Reinforce<Law, _>(baseline: .constant(initial: 2)), draws: $0)
      },
      "leave-one-out": Self.wrong(model, samples: 2) {
        Listed(estimator: Reinforce<Law, _>(samples: 2, baseline: .leaveOneOut), draws: $0)
      },
      "nvil": Self.wrong(model, samples: 1) {
        Listed(estimator: NVIL<Law>(network: network, normalizesVariance: false), draws: $0)
      },
    ]
    #expect(found.filter { !$0.value.isEmpty } == [:])
  }

  @Test("and without the score they are not")
  func withoutScore() {
    let model = Self.model(bits: 3)
    let wrong = Self.wrong(model, samples: 1) { _ in FaultyExact() }
    #expect(wrong.contains { $0.hasPrefix("posterior") })
    #expect(wrong.contains { $0.hasPrefix("encoder") })
  }

  @Test("vimco follows its own bound: 80,000 draws, false alarms below 1e-6")
  func multiSample() {
    let model = Self.model(bits: 2, posterior: [3])
    func gradient(
      _ bound: SampledBound<ConditionalMADE>, rows: Int, using noise: inout Philox
    ) -> [String: Tensor] {
      BeliefNetworkExactnessTests.gradient(of: model) { model in
        var bound = bound
        return model.negativeBound(
          of: Bits(Self.data.tensor.broadcast(to: [rows, 4])), estimators: &bound, using: &noise
        ).mean()
      }
    }
    var noise = Philox(seed: 83)
    let exact = gradient(.multiSample(ExactBound(samples: 3)), rows: 1, using: &noise)
    let bound = SampledBound<ConditionalMADE>.multiSample(VIMCO(samples: 3))
    #expect(bound.objective == .multiSampleBound(3))
    let names = exact.keys.sorted()
    let target = names.flatMap { (exact[$0]?.scalars ?? []).map { Double($0) } }
    var moments = Moments(coordinates: target.count)
    for _ in 0..<400 {
      let found = gradient(bound, rows: 200, using: &noise)
      moments.add(names.flatMap { (found[$0]?.scalars ?? []).map { Double($0) } })
    }
    let scores = moments.zScores(against: target, rounding: 2e-5).map(abs)
    #expect((scores.max() ?? 0) < zThreshold(familyWise: 1e-6, comparisons: target.count))
  }

  /// 200,000 draws, a false-alarm rate below 1e-6.
  @Test("importance weights average to the likelihood")
  func likelihood() {
    let model = Self.model(bits: 4)
    var (moments, noise) = (Moments(coordinates: 1), Philox(seed: 84))
    let x = Bits(Self.data.tensor.broadcast(to: [100, 4]))
    let weights = model.logWeights(of: x, samples: 2000, using: &noise).exp()
    for weight in weights.scalars { moments.add([Double(weight)]) }
    let expected = Double(Self.terms(model).joint.logSumExp(along: 0).exp().item)
    let score = moments.zScores(against: [expected], rounding: 0)[0]
    #expect(abs(score) < zThreshold(familyWise: 1e-6, comparisons: 1))
  }
}

/// Enumeration whose probabilities have no gradient.
private struct FaultyExact: BlackBoxGradientEstimator, Stateless {
  var bias: Bias { .biased }

  func evaluations(over q: ConditionalMADE) -> Int? { q.stateCount }

  mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: ConditionalMADE, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let states = q.states()
    let masses = q.logProbability(states).detached().exp()
    return (masses * (try cost(states, &generator))).sum(along: 0)
  }
}

extension Scalar {
  fileprivate var logarithm: Scalar { Tensor(self).log().item }
}
