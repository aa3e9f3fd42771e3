import Formats
import Runs
import Stochastics
import Tensors

/// The numbers of the interactive page, all computed by the library.
struct ExploreTables {
  static let scores: [Scalar] = [0.4, 0.3, 0.2, 0.1]
  /// From 0.05 to 20, at equal ratios.
  static let temperatures = (0...30).map {
    0.05 * Double(Tensor(Scalar($0) * 0.199715).exp().item)
  }

  let seed: UInt64

  /// - Parameter draws: of each mean and variance.
  func json(draws: Int) -> JSON {
    var generator = Philox(seed: seed)
    let noise = Tensor.randomGumbel([600, 3], using: &generator)
    let study = RelaxedGradients(draws: draws, seed: seed)
    let law = PlackettLuce(logScores: Tensor(Self.scores).log())
    let states = law.states()
    return [
      "probabilities": list(Picture.probabilities), "costs": list(squares),
      "temperatures": .array(Self.temperatures.map { JSON($0) }), "noise": list(noise),
      "expectations": .array(
        Self.temperatures.map {
          list(relaxed($0).sample(draws, using: &generator).mean(along: 0))
        }),
      "soft": errors(study, isHard: false), "hard": errors(study, isHard: true),
      "baselines": .array([0, 2, 4].map { baseline($0, draws: draws) }),
      "leaveOneOut": JSON(leaveOneOut(study)), "grpo": grpo(study), "scores": list(Self.scores),
      "orders": .array(states.indices.values.map { JSON(Int($0)) }),
      "orderProbabilities": list(law.logProbability(states).exp()),
      "orderNoise": list(Tensor.randomGumbel([400, 4], using: &generator)),
      "orderUniforms": list(Tensor.randomUniform([400, 4], using: &generator)),
      "items": list(RelaxedSort.scores),
      "neuralSort": .array(Self.temperatures.map { list(RelaxedSort.neuralSort($0)) }),
      "sinkhorn": .array(Self.temperatures.map { list(RelaxedSort.sinkhorn($0)) }),
      "densities": densities, "relaxedNoise": list(relaxedNoise(noise)),
    ]
  }

  /// The costs of the classes.
  private var squares: [Scalar] {
    RelaxedGradients.costs.map {
      ($0 - RelaxedGradients.middle) * ($0 - RelaxedGradients.middle)
    }
  }

  private func list(_ values: [some BinaryFloatingPoint]) -> JSON {
    .array(values.map { JSON(Double($0)) })
  }
  private func list(_ tensor: Tensor) -> JSON { list(tensor.scalars) }

  private func relaxed(_ temperature: Double) -> Concrete {
    Concrete(logits: Tensor(Picture.probabilities).log(), temperature: temperature)
  }

  /// Bias and variance at each temperature.
  private func errors(_ study: RelaxedGradients, isHard: Bool) -> JSON {
    .array(
      Self.temperatures.map { temperature in
        let found = study.errors(temperature: temperature, isHard: isHard)
        return list([found.bias, found.variance])
      })
  }

  /// The measured variance of REINFORCE with a constant baseline: as without one, of the cost less
  /// the constant.
  private func baseline(_ constant: Scalar, draws: Int) -> JSON {
    let costs = Tensor(squares)
    let study = GradientStudy<Categorical>(
      parameters: Tensor(Picture.probabilities, shape: [1, 3]).log(),
      distribution: { Categorical(logits: $0) },
      cost: { ($0 * costs).sum(along: -1).sum(along: -1) - constant })
    let found = study.measure(
      Reinforce<Categorical, NoBaseline>(baseline: .none), draws: draws, pilot: 0, seed: seed)
    return list([Double(constant), found.variance, found.varianceInterval])
  }

  /// The variance of a mean of two samples, each the baseline of the other.
  private func leaveOneOut(_ study: RelaxedGradients) -> Double {
    study.study.measure(
      Reinforce<Categorical, LeaveOneOutBaseline>(samples: 2, baseline: .leaveOneOut),
      draws: study.draws, pilot: 0, seed: seed
    ).variance
  }

  /// The measured variance of GRPO in groups of two, then its mean.
  private func grpo(_ study: RelaxedGradients) -> JSON {
    let found = study.study.measure(
      GRPO<Categorical>(samples: 2), draws: study.draws, pilot: 0, seed: seed)
    return list([found.variance] + found.mean)
  }

  /// Temperature, point and log-density, by which the page checks its own formula.
  private var densities: JSON {
    let points: [[Scalar]] = [[0.2, 0.3, 0.5], [0.8, 0.15, 0.05], [0.1, 0.1, 0.8]]
    return .array(
      [0.3, 1, 4].flatMap { temperature in
        points.map { point in
          let log = relaxed(temperature).logDensity(of: Tensor(point)).item
          return list([temperature] + (point + [log]).map { Double($0) })
        }
      })
  }

  /// The points of the first noise at the first temperatures, for the same.
  private func relaxedNoise(_ noise: Tensor) -> Tensor {
    let keys = Tensor(Picture.probabilities).log() + noise.sliced(along: 0, 0..<20)
    return (keys / Scalar(Self.temperatures[12])).softmax(along: -1)
  }
}
