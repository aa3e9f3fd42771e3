import Formats
import Models
import Runs
import Tensors

/// Ways of following a discriminator, each from several seeds, beside maximum likelihood that goes on for as many steps.
///
/// A seed is the oracle's, the data's and the weights' alike, so that the ways start from the same generator.
struct SequenceStudy {
  /// A setting of `train sequence-gan` under a name.
  struct Way {
    let name: String
    let settings: [(key: String, text: String)]
  }

  static let ways = [
    Way(name: "REINFORCE", settings: [("roll-outs", "8")]),
    Way(name: "leave-one-out", settings: [("roll-outs", "8"), ("baseline", "leave-one-out")]),
    Way(name: "learned baseline", settings: [("roll-outs", "8"), ("baseline", "network")]),
    Way(name: "straight-through", settings: [("estimator", "st-gumbel-softmax")]),
  ]
  static let likelihood = "likelihood"

  private static let sequences = 2000
  private static let batchSize = 64

  /// A mini setting of SeqGAN, whose discriminator sees the data once for each step of the generator.
  static let setting: [(key: String, text: String)] = [
    ("vocabulary", "200"), ("length", "10"), ("hidden", "16"), ("embedding", "16"),
    ("sequences", "\(sequences)"), ("batch-size", "\(batchSize)"),
    ("filters", "1x32,2x32,3x32,4x32,5x32"),
    ("discriminator-pretrain-rounds", "5"), ("discriminator-rounds", "1"),
    ("discriminator-epochs", "1"),
  ]

  let root: String
  let steps: Int
  let pretrainEpochs: Int
  let seeds: Int

  /// One evaluation: steps of the generator after pre-training, and what was measured.
  struct Point: Sendable {
    let step: Int
    let oracle: Double
    let generator: Double
  }

  /// What a way did from one seed.
  struct Course: Sendable {
    let points: [Point]
    /// At the end, over temperatures.
    let sweep: [TradeOffCurve.Point]
  }

  static let temperatures = [0.6, 0.8, 0.9, 1, 1.1, 1.2, 1.4]

  /// The course of each seed, by the name of the way; likelihood, which the others are held against, comes last.
  func courses() throws -> [(name: String, seeds: [Course])] {
    try (Self.ways.map { ($0, steps) } + [(Way(name: Self.likelihood, settings: []), 0)]).map {
      way, adversarial in
      (way.name, try (1...seeds).map { try run(way, seed: $0, adversarialSteps: adversarial) })
    }
  }

  private func sweep(of folder: RunFolder, on data: SequenceData) throws -> [TradeOffCurve.Point] {
    let saved = try SavedSequences(run: folder.path)
    return try Self.temperatures.map { temperature in
      var noise = saved.configuration.evaluationNoise(2)
      return try SequenceFigures(
        of: saved.generator.atTemperature(Scalar(temperature)), on: data, references: nil,
        samples: saved.configuration.evaluationSequences, using: &noise
      ).point
    }
  }

  private func run(_ way: Way, seed: Int, adversarialSteps: Int) throws -> Course {
    var settings = Settings(SequenceConfiguration.defaults)
    // Whole epochs of likelihood, of as many steps as the others follow the discriminator or a few more.
    let batches = (Self.sequences + Self.batchSize - 1) / Self.batchSize
    let more = adversarialSteps == 0 ? (steps + batches - 1) / batches : 0
    let all =
      Self.setting + way.settings + [
        ("seed", "\(seed)"), ("adversarial-steps", "\(adversarialSteps)"),
        ("pretrain-epochs", "\(pretrainEpochs + more)"),
        ("evaluate-every", adversarialSteps == 0 ? "1" : "5"),
      ]
    for (key, text) in all { try settings.set(key, to: text, from: .commandLine) }
    let configuration = try SequenceConfiguration(settings)
    let name = way.name.split(separator: " ").joined(separator: "-").lowercased()
    let folder = try RunFolder(
      creating: "\(root)/\(name)-\(seed)", recording: configuration.settings)
    let data = try SequenceData(configuration)
    _ = try SequenceTraining(
      configuration: configuration, data: data, folder: folder, isQuiet: true
    ).run(isResumed: false)
    let pretrained = pretrainEpochs * batches
    let points = try Metrics(folder).lines().compactMap { entry -> Point? in
      guard let step = entry["step"]?.whole(in: pretrained...JSON.mostWhole),
        let oracle = entry["nll_oracle"]?.number,
        let generator = entry["nll_generator"]?.number
      else { return nil }
      return Point(step: step - pretrained, oracle: oracle, generator: generator)
    }
    return Course(points: points, sweep: try sweep(of: folder, on: data))
  }
}
