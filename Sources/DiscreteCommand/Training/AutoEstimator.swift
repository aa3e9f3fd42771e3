import Datasets
import Experiments
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// Chooses the estimator of `--estimator auto`: enumeration where it is cheap, else the least variance for the time of a gradient.
struct AutoEstimator {
  /// What was measured of one candidate.
  struct Entry {
    let text: String
    let variance: Double
    /// Milliseconds of one gradient of the whole model.
    let time: Double
    var work: Double { variance * time }
  }

  let configuration: TrainingConfiguration
  let data: ImageData

  /// Joint states up to which every one of them is listed.
  private static let fewStates = 64
  private static let pilotSteps = 300
  private static let draws = 50

  /// The configuration with the choice in it, and the reason in lines.
  func choose() throws -> (TrainingConfiguration, reason: [String]) {
    guard configuration.estimators.contains(where: { $0.name == EstimatorName.auto.rawValue })
    else { return (configuration, []) }
    if let states = configuration.latents.states, states <= Self.fewStates {
      return (
        try configuration.with(estimator: "exact"),
        ["auto: exact, the latents have \(states) joint states"]
      )
    }
    let parameters = try run(configuration.with(estimator: Self.pilot), from: nil).parameters
    var entries: [Entry] = []
    for text in candidates {
      guard let own = try? configuration.with(estimator: text),
        let found = try? run(own, from: parameters), let entry = found.entry
      else { continue }
      entries.append(entry)
    }
    guard let best = entries.min(by: { $0.work < $1.work }) else {
      throw configuration.settings.failure("auto found no estimator that fits", of: "estimator")
    }
    let lines = entries.sorted { $0.work < $1.work }.map {
      "  \(padded($0.text, 44))\(padded(significant($0.variance), 12))\(padded(decimal($0.time, 2), 8))\(significant($0.work))"
    }
    let head =
      "  \(padded("unbiased estimator", 44))\(padded("variance", 12))\(padded("ms", 8))variance x ms"
    let choice =
      "auto: \(best.text), the least variance of the encoder's gradient for its time after \(Self.pilotSteps) steps"
    return (try configuration.with(estimator: best.text), [choice, head] + lines)
  }

  private static let pilot = "reinforce:baseline=leave-one-out"

  /// Unbiased ones only; NVIL without the normalisation that rescales layers.
  private var candidates: [String] {
    let any = [
      Self.pilot, "reinforce:samples=4,baseline=leave-one-out", "nvil:normalize=false", "disarm",
    ]
    let differentiable =
      configuration.model == .vae && configuration.isDivergenceAnalytic
      ? ["muprop", "rebar", "double-cv"] : []
    return any + differentiable
  }

  private func run(
    _ configuration: TrainingConfiguration, from parameters: [Tensor]?
  ) throws -> (entry: Entry?, parameters: [Tensor]) {
    try configuration.withModel(
      mean: data.training.mean, labelled: configuration.labelled(from: data),
      Pilot(configuration: configuration, data: data, parameters: parameters))
  }

  /// Trains the model, or with a trained one what the estimators learn, and then measures.
  private struct Pilot: ModelTask {
    typealias Output = (entry: Entry?, parameters: [Tensor])

    let configuration: TrainingConfiguration
    let data: ImageData
    let parameters: [Tensor]?

    func run<Model: LatentVariableModel>(
      _ model: Model, _ estimators: Model.Estimators
    ) throws -> Output {
      let batches = Batches(
        training: data.training, size: configuration.batchSize,
        binarisation: configuration.binarisation, seed: configuration.seed, epoch: 0)
      var noise = Philox(seed: configuration.seed).folding(0xA070)
      var model = model
      guard var saved = parameters?[...] else {
        var trainer = Trainer(
          Trained(model: model, estimators: estimators), optimizer: Adam(), learningRate: 1e-3)
        for step in 0..<AutoEstimator.pilotSteps {
          _ = try trainer.descend { trained in
            trained.model.negativeBound(
              of: batches[step % batches.count], estimators: &trained.estimators, using: &noise
            ).mean()
          }
        }
        return (nil, trainer.model.model.namedParameters().map(\.tensor))
      }
      model.forEachParameter { tensor, _ in tensor = saved.removeFirst() }
      var learner = Trainer(estimators, optimizer: Adam(), learningRate: 0.01)
      for step in 0..<AutoEstimator.pilotSteps {
        _ = try learner.descend { estimators in
          model.negativeBound(
            of: batches[step % batches.count], estimators: &estimators, using: &noise
          ).mean()
        }
      }
      let clock = ContinuousClock()
      let start = clock.now
      let found = GradientNoise(
        of: model, estimators: learner.model, on: batches[0], draws: AutoEstimator.draws,
        using: &noise)
      let time = (clock.now - start) / .milliseconds(AutoEstimator.draws)
      return (
        Entry(
          text: configuration.estimators[0].text, variance: found.encoderVariance,
          time: time),
        []
      )
    }
  }
}
