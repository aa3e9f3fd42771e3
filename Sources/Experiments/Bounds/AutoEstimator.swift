import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// Chooses the estimator of `--estimator auto`: enumeration where it is cheap, else the least
/// variance for the evaluations of the cost.
///
/// Evaluations are counted and not timed, so that a seed chooses the same estimator on every
/// machine.
struct AutoEstimator {
  /// The measurement of one candidate.
  struct Entry {
    let text: String
    let variance: Double
    /// Evaluations of the cost for one gradient.
    let evaluations: Int
    var work: Double { variance * Double(evaluations) }
  }

  private let configuration: BoundConfiguration
  private let data: ImageData
  private let labeled: LabeledExamples?
  private let batches: BatchStream
  private let stop: StopCheck

  init(
    _ configuration: BoundConfiguration, _ data: ImageData, _ labeled: LabeledExamples?,
    _ stop: StopCheck
  ) {
    self.stop = stop
    self.configuration = configuration
    self.data = data
    self.labeled = labeled
    batches = configuration.batches(of: data)
  }

  /// Joint states up to which every one of them is listed.
  private static let fewStates = 64
  private static let pilotSteps = 300
  private static let draws = 50
  static let file = "auto.json"

  /// The configuration with the choice in it, the reason in lines, and what was measured.
  ///
  /// - Parameter tell: what is being measured.
  func choose(tell: (String) -> Void) throws -> (BoundConfiguration, reason: [String], table: JSON)
  {
    if let states = configuration.latents.states, states <= Self.fewStates {
      let reason = "the latents have \(states) joint states"
      return (
        try configuration.with(estimator: "exact"), ["auto: exact, \(reason)"],
        ["estimator": "exact", "reason": JSON(reason)]
      )
    }
    let start = try pilot()
    let candidates = candidates
    let entries = try candidates.enumerated().compactMap { place, text in
      tell("auto: measuring \(text), \(place + 1) of \(candidates.count)")
      return try measure(text, from: start)
    }
    .sorted { $0.work < $1.work }
    guard let best = entries.first else {
      throw configuration.settings.failure("auto found no estimator that fits", of: "estimator")
    }
    let reason =
      "the least variance of the encoder's gradient for its evaluations of the cost after \(Self.pilotSteps) steps"
    let lines = TextTable(
      ["unbiased estimator", "variance", "evaluations", "variance x evaluations"],
      entries.map { [$0.text, figure($0.variance), "\($0.evaluations)", figure($0.work)] }
    ).lines.map { "  " + $0 }
    let table: JSON = [
      "estimator": JSON(best.text), "reason": JSON(reason), "steps": JSON(Self.pilotSteps),
      "draws": JSON(Self.draws),
      "measured": .array(
        entries.map {
          [
            "estimator": JSON($0.text), "variance": JSON($0.variance),
            "evaluations": JSON($0.evaluations), "work": JSON($0.work),
          ]
        }),
    ]
    return (
      try configuration.with(estimator: best.text),
      ["auto: \(best.text), \(reason)"] + lines, table
    )
  }

  private func figure(_ value: Double) -> String { "\(rounded(value, 4))" }

  private static let pilotEstimator = "reinforce:samples=2,baseline=leave-one-out"

  /// Unbiased ones only; NVIL without the normalization that rescales layers.
  private var candidates: [String] {
    let any = [
      Self.pilotEstimator, "reinforce:samples=4,baseline=leave-one-out", "nvil:normalize=false",
      "disarm",
    ]
    let differentiable =
      configuration.model == .vae && configuration.isDivergenceAnalytic
      ? ["muprop", "rebar", "double-cv"] : []
    return any + differentiable
  }

  /// The model after some steps.
  private func pilot() throws -> any LatentVariableModel {
    let made = try makeModel(configuration.with(estimator: Self.pilotEstimator))
    func model(of trained: some TrainedImages) throws -> any LatentVariableModel {
      var trainer = Trainer(trained, optimizer: Adam(), learningRate: 1e-3)
      try descend(&trainer) { $0.loss(of: $1, using: &$2) }
      return trainer.model.model
    }
    return try model(of: made.trained)
  }

  /// The state that a candidate learned on the frozen model is frozen too, and its gradients are
  /// drawn;
  /// `nil` for one that does not fit or whose loss is not finite.
  private func measure(_ text: String, from start: any LatentVariableModel) throws -> Entry? {
    guard let own = try? configuration.with(estimator: text), let made = try? makeModel(own),
      let evaluations = made.evaluations
    else { return nil }
    func variance<Candidate: TrainedImages>(of trained: Candidate) throws -> Double {
      guard let model = start as? Candidate.Model else {
        fatalError("a pilot of \(type(of: start)) for candidates of \(Candidate.Model.self)")
      }
      var learner = Trainer(trained.estimators, optimizer: Adam(), learningRate: 0.01)
      try descend(&learner) { estimators, x, noise in
        model.negativeBound(of: x, estimators: &estimators, using: &noise).mean()
      }
      var noise = Philox(seed: configuration.seed, stream: .pilot)
      return try GradientNoise(
        of: model, estimators: learner.model, on: batches[0], draws: Self.draws, using: &noise,
        pause: { try stop() }
      ).encoderVariance
    }
    do {
      let found = try variance(of: made.trained)
      return found.isFinite ? Entry(text: text, variance: found, evaluations: evaluations) : nil
    } catch is NonFiniteError {
      return nil
    }
  }

  private func makeModel(_ configuration: BoundConfiguration) throws -> MadeModel {
    try configuration.makeModel(mean: data.training.mean, labeled: labeled)
  }

  /// Takes the steps of a pilot, each with noise of its own.
  private func descend<Model: Parameterized & Sendable>(
    _ trainer: inout Trainer<Model, Adam>, _ loss: (inout Model, Bits, inout Philox) -> Tensor
  ) throws {
    let stream = Philox(seed: configuration.seed, stream: .pilot)
    for step in 0..<Self.pilotSteps {
      try stop()
      var noise = stream.folding(UInt64(step))
      _ = try trainer.descend { loss(&$0, batches[step], &noise) }
    }
  }
}
