import DiscreteTesting
import Models
import Stochastics
import Tensors
import Testing

struct BeliefNetworkTests {
  @Test("importance weights average to the likelihood: 200,000 draws, false alarms below 1e-6")
  func likelihood() {
    let network = SmallNetwork.network()
    var generator = Philox(seed: 5)
    var moments = Moments(coordinates: 1)
    let weights = network.logWeights(
      of: SmallNetwork.batch(100), samples: 2000, using: &generator
    ).exp()
    #expect(weights.shape == [2000, 100])
    for weight in weights.scalars { moments.add([Double(weight)]) }
    let expected = Double(SmallNetwork.logLikelihood(of: network).exp().item)
    let score = moments.zScores(against: [expected], rounding: 0)[0]
    #expect(abs(score) < zThreshold(familyWise: 1e-6, comparisons: 1))
  }

  @Test("the bound of training is the mean of the log-weights")
  func bound() {
    let network = SmallNetwork.network(hidden: [3])
    var generator = Philox(seed: 6)
    var moments = Moments(coordinates: 1)
    let weights = network.logWeights(
      of: SmallNetwork.batch(100), samples: 2000, using: &generator)
    for weight in weights.scalars { moments.add([-Double(weight)]) }
    let expected = Double(SmallNetwork.negativeBound(of: network).item)
    let score = moments.zScores(against: [expected], rounding: 0)[0]
    #expect(abs(score) < zThreshold(familyWise: 1e-6, comparisons: 1))
  }

  @Test("samples have the model's means: 100,000 draws, false alarms below 1e-6")
  func samples() {
    let network = SmallNetwork.network()
    var generator = Philox(seed: 7)
    // The law of each pixel by summing over the latents.
    let upper = Bernoulli(logits: network.prior.logits)
    let lower = network.likelihood(1, given: upper.states())
    let states = Bernoulli(logits: .zeros([SmallNetwork.lower])).states()
    let upperWeights = upper.logProbability(upper.states()).exp()
    let eachLower = Bits(
      states.tensor.reshaped([32, 1, SmallNetwork.lower]).broadcast(to: [32, 8, SmallNetwork.lower])
    )
    let joint = (lower.logProbability(eachLower).exp() * upperWeights).sum(along: -1)
    let pixels = network.likelihood(0, given: states).mean
    let expected = (pixels * joint.reshaped([32, 1])).sum(along: 0)

    let drawn = network.samples(100_000, using: &generator)
    var moments = Moments(coordinates: SmallNetwork.visible)
    for row in 0..<drawn.shape[0] { moments.add(drawn.sliced(along: 0, at: row)) }
    let scores = moments.zScores(against: expected.scalars.map { Double($0) }, rounding: 0)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: scores.count)
    #expect(scores.allSatisfy { abs($0) < threshold }, "\(scores)")
  }

  @Test("codes are the most probable states, and reconstructions lie in the unit interval")
  func codes() {
    let network = SmallNetwork.network()
    let posterior = SmallNetwork.posterior(of: network).lower
    let best = posterior.indices.max { posterior[$0] < posterior[$1] } ?? 0
    let code = network.codes(of: SmallNetwork.batch(2))
    #expect(code.shape == [2, SmallNetwork.lower])
    let expected = (0..<SmallNetwork.lower).map { bit in (best >> bit) & 1 == 1 }
    #expect(code.values == expected + expected)
    var generator = Philox(seed: 8)
    let pictures = network.reconstructions(of: SmallNetwork.batch(3), using: &generator)
    #expect(pictures.shape == [3, SmallNetwork.visible])
    #expect(pictures.scalars.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test("one to three layers, each parameter under its path")
  func names() {
    var generator = Philox(seed: 9)
    for layers in [[5], [5, 3], [5, 3, 2]] {
      let network = BeliefNetwork(
        .init(visible: 4, layers: layers), mean: .full(0.5, [4]), using: &generator)
      let names = network.namedParameters().map(\.name)
      let links = layers.indices.flatMap { ["encoder.\($0).weight", "decoder.\($0).bias"] }
      #expect(Set(names).isSuperset(of: links + ["prior.logits", "mean"]))
      let weights = network.logWeights(of: Bits(.ones([2, 4])), samples: 3, using: &generator)
      #expect(weights.shape == [3, 2])
    }
  }

  @Test("a uniform prior is not trained")
  func uniformPrior() {
    var generator = Philox(seed: 9)
    let network = BeliefNetwork(
      .init(visible: 4, layers: [5], learnsPrior: false), mean: .full(0.5, [4]), using: &generator)
    #expect(network.namedParameters().first { $0.name == "prior.logits" }?.role == .tracked)
  }
}
