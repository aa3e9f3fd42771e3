import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors
import Testing

/// Two latents of three classes: nine components, with every draw summed out.
@Suite("A whole categorical mixture")
struct CategoricalMixtureExactnessTests {
  static let data = Tensor([1, 0, 1, 1], shape: [1, 4])
  static let draws = DrawList.variables(2, classes: 3)

  static func model(hidden: [Int]) -> CategoricalMixture {
    var generator = Philox(seed: 13)
    var model = CategoricalMixture(
      latents: 2, classes: 3, hidden: hidden, mean: [0.2, 0.7, 0.5, 0.4], using: &generator)
    model.forEachParameter { tensor, role in
      guard role == .trained else { return }
      tensor = tensor + Tensor.randomNormal(tensor.shape, using: &generator)
    }
    return model
  }

  static func output(_ link: Link, _ input: Tensor) -> Tensor {
    var value = input
    for layer in link.hidden { value = (value.matmul(layer.weight) + layer.bias).tanh() }
    return value.matmul(link.output.weight) + link.output.bias
  }

  /// Log-probabilities of the nine codes and of the data with each, by nothing of the model but its weights.
  static func terms(_ model: CategoricalMixture) -> (recognition: Tensor, joint: Tensor) {
    let codes = (0..<9).map { [$0 % 3, $0 / 3] }
    let rows = Tensor(
      codes.flatMap { code in
        code.flatMap { chosen in (0..<3).map { chosen == $0 ? 1 : 0 } }
      }, shape: [9, 6])
    let logits = output(model.encoder, data - model.mean).reshaped([2, 3])
    let logRows = (logits - logits.logSumExp(along: -1, keepingDimensions: true)).reshaped([6, 1])
    let pixels = output(model.decoder, rows)
    let likelihood = (pixels * data - pixels.softplus()).sum(along: -1)
    return (rows.matmul(logRows).reshaped([9]), likelihood - 2 * Tensor(3).log())
  }

  static func negativeBound(_ model: CategoricalMixture) -> Tensor {
    let (recognition, joint) = terms(model)
    return (recognition.exp() * (recognition - joint)).sum()
  }

  static func mean(
    of model: CategoricalMixture, samples: Int,
    _ make: (Classes) -> any BlackBoxGradientEstimator<Categorical>
  ) -> [String: Tensor] {
    let places = draws.places(samples: samples)
    let probabilities = terms(model).recognition.exp().scalars
    let rows = places[0].count
    let weights = Tensor(
      (0..<rows).map { row in places.reduce(1) { $0 * probabilities[$1[row]] } })
    return BeliefNetworkExactnessTests.gradient(of: model) { model in
      var estimators = LayerEstimators([make(draws.samples(places))])
      var generator = Philox(seed: 0)
      let bounds = model.negativeBound(
        of: Bits(data.broadcast(to: [rows, 4])), estimators: &estimators, using: &generator)
      return (bounds * weights).sum()
    }
  }

  @Test("every estimator's mean is exact in every weight", arguments: [[], [3]])
  func unbiased(hidden: [Int]) {
    typealias Law = Prescribed<Categorical>
    let model = Self.model(hidden: hidden)
    let expected = BeliefNetworkExactnessTests.gradient(of: model, Self.negativeBound)
    var generator = Philox(seed: 3)
    let network = NetworkBaseline(centre: .full(0.4, [4]), units: 6, using: &generator)
    let means = [
      Self.mean(of: model, samples: 1) { _ in .exact() },
      Self.mean(of: model, samples: 1) {
        Listed(estimator: Reinforce<Law, _>(baseline: .constant(initial: 2)), draws: $0)
      },
      Self.mean(of: model, samples: 3) {
        Listed(estimator: Reinforce<Law, _>(samples: 3, baseline: .leaveOneOut), draws: $0)
      },
      Self.mean(of: model, samples: 1) {
        Listed(estimator: NVIL<Law>(network: network, normalizesVariance: false), draws: $0)
      },
    ]
    for mean in means {
      #expect(BeliefNetworkExactnessTests.wrong(mean, expected: expected) == [])
    }
  }

  @Test("importance weights average to the likelihood: 200,000 draws, false alarms below 1e-6")
  func likelihood() {
    let model = Self.model(hidden: [])
    var generator = Philox(seed: 5)
    var moments = Moments(coordinates: 1)
    let weights = model.logWeights(
      of: Bits(Self.data.broadcast(to: [100, 4])), samples: 2000, using: &generator
    ).exp()
    for weight in weights.scalars { moments.add([Double(weight)]) }
    let expected = Double(Self.terms(model).joint.logSumExp(along: 0).exp().item)
    let score = moments.zScores(against: [expected], rounding: 0)[0]
    #expect(abs(score) < zThreshold(familyWise: 1e-6, comparisons: 1))
  }
}
