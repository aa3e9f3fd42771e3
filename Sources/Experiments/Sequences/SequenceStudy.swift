import Formats
public import Learning
public import Models
import Runs
import Tensors

/// Ways of following a discriminator, each from several seeds, beside maximum likelihood that goes
/// on for as many steps.
///
/// A seed is the oracle's, the data's and the weights' alike, so that the ways start from the same
/// generator. Each run has its folder; where it is finished already it is left alone, and where it
/// was interrupted it goes on.
public struct SequenceStudy: Sendable {
  /// A setting of `train sequence-gan` under a name.
  private struct Way {
    let name: String
    let settings: [(key: String, text: String)]
  }

  private static let ways = [
    Way(name: "REINFORCE", settings: [("roll-outs", "8")]),
    Way(name: "leave-one-out", settings: [("roll-outs", "8"), ("baseline", "leave-one-out")]),
    Way(name: "learned baseline", settings: [("roll-outs", "8"), ("baseline", "network")]),
    Way(name: "straight-through", settings: [("estimator", "st-gumbel-softmax")]),
  ]
  private static let likelihood = "likelihood"

  private static let sequences = 2000
  private static let batchSize = 64

  /// A mini setting of SeqGAN, whose discriminator sees the data once for each step of the
  /// generator.
  private static let setting: [(key: String, text: String)] = [
    ("vocabulary", "200"), ("length", "10"), ("hidden", "16"), ("embedding", "16"),
    ("sequences", "\(sequences)"), ("batch-size", "\(batchSize)"),
    ("filters", "1x32,2x32,3x32,4x32,5x32"),
    ("discriminator-pretrain-rounds", "5"), ("discriminator-rounds", "1"),
    ("discriminator-epochs", "1"),
  ]

  private let root: String
  private let steps: Int
  private let pretrainEpochs: Int
  private let seeds: Int

  /// Traps on numbers below the ones named here.
  ///
  /// - Parameters:
  ///   - root: the folder of the runs.
  ///   - steps: of the generator after the discriminator, from 1.
  ///   - pretrainEpochs: epochs of likelihood before, from 0.
  ///   - seeds: their number, from 1.
  public init(root: String, steps: Int, pretrainEpochs: Int, seeds: Int) {
    require(
      steps > 0 && pretrainEpochs >= 0 && seeds > 0,
      "a study of \(steps) steps after \(pretrainEpochs) epochs from \(seeds) seeds")
    self.root = root
    self.steps = steps
    self.pretrainEpochs = pretrainEpochs
    self.seeds = seeds
  }

  /// One evaluation: steps of the generator after pre-training, and what was measured.
  public struct Point: Sendable, Codable {
    public let step: Int
    public let oracle: Double
    public let generator: Double
  }

  /// The result of one way from one seed.
  public struct Course: Sendable, Codable {
    public let points: [Point]
    /// At the end, at each of the temperatures.
    public let sweep: [TradeOffCurve.Point]
  }

  public static let temperatures = [0.6, 0.8, 0.9, 1, 1.1, 1.2, 1.4]

  /// The courses of all seeds of each way, by its name; likelihood, which the others are held
  /// against, comes last.
  ///
  /// - Parameters:
  ///   - launch: of one process, which drives a run by itself.
  ///   - ranks: the processes that share out the runs.
  /// - Throws: what a run throws; `Failure` of kind `cannotCreate` where runs with other settings
  ///   stand in the folder.
  public func courses(
    by launch: Launch<SequenceExperiment>, over ranks: RankGroup = .alone
  ) throws -> [(name: String, seeds: [Course])] {
    let ways = Self.ways.map { ($0, steps) } + [(Way(name: Self.likelihood, settings: []), 0)]
    let courses = try ranks.map(ways.count * seeds) { piece in
      let (way, adversarial) = ways[piece / seeds]
      return try course(
        of: way, seed: piece % seeds + 1, adversarialSteps: adversarial, by: launch)
    }
    return ways.indices.map { place in
      (ways[place].0.name, Array(courses[(place * seeds)..<((place + 1) * seeds)]))
    }
  }

  private func course(
    of way: Way, seed: Int, adversarialSteps: Int, by launch: Launch<SequenceExperiment>
  ) throws -> Course {
    var settings = Settings(SequenceExperiment.settings)
    // Whole epochs of likelihood, of as many steps as the others follow the discriminator or a few
    // more.
    let batches = (Self.sequences + Self.batchSize - 1) / Self.batchSize
    let more = adversarialSteps == 0 ? (steps + batches - 1) / batches : 0
    let all =
      Self.setting + way.settings + [
        ("seed", "\(seed)"), ("adversarial-steps", "\(adversarialSteps)"),
        ("pretrain-epochs", "\(pretrainEpochs + more)"),
        ("evaluate-every", adversarialSteps == 0 ? "1" : "5"),
      ]
    for (key, text) in all { try settings.set(key, to: text, from: .commandLine) }
    let name = way.name.split(separator: " ").joined(separator: "-").lowercased()
    let path = "\(root)/\(name)-\(seed)"
    _ = try launch.complete(settings, in: path)
    let run = try TrainedSequences(run: path)
    let pretrained = pretrainEpochs * batches
    let points = try Metrics(run.folder).lines().compactMap { entry -> Point? in
      guard let step = entry["step"]?.whole(in: pretrained...JSON.mostWhole),
        let oracle = entry["nll_oracle"]?.number,
        let generator = entry["nll_generator"]?.number
      else { return nil }
      return Point(step: step - pretrained, oracle: oracle, generator: generator)
    }
    return Course(points: points, sweep: try savedSweep(of: run, launch.policy))
  }

  private func sweep(
    of run: TrainedSequences, _ stop: StopCheck
  ) throws -> [TradeOffCurve.Point] {
    let data = try run.data(stop)
    return try Self.temperatures.map { temperature in
      var noise = Philox(seed: run.configuration.seed, stream: .sequenceSweep)
      let figures = try SequenceFigures(
        of: run.generator.atTemperature(temperature), on: data,
        samples: run.configuration.evaluationSequences, using: &noise, pause: { try stop() })
      try figures.checkFinite { "\(run.folder.path) at temperature \(temperature): \($0)" }
      return figures.point
    }
  }
}

// MARK: What a run keeps of its sweep

extension SequenceStudy {
  private static let sweepFile = "sweep.json"

  /// The sweep that stands in the run's folder, made and written there unless it is of the same
  /// checkpoint, temperatures and arithmetic.
  private func savedSweep(
    of run: TrainedSequences, _ policy: RunPolicy
  ) throws -> [TradeOffCurve.Point] {
    let origin: [JSON.Member] = [
      .init("checkpoint", JSON(Digest.sha256(of: try storedBytes(run.folder.lastCheckpoint)))),
      .init("temperatures", .array(Self.temperatures.map { JSON($0) })),
      .init("arithmetic", JSON(RunEnvironment.arithmetic)),
    ]
    if let saved = try? run.folder.read(Self.sweepFile),
      origin.allSatisfy({ saved[$0.key] == $0.value }),
      let points = saved["points"]?.array?.compactMap(TradeOffCurve.Point.init),
      points.count == Self.temperatures.count
    {
      return points
    }
    do {
      let points = try sweep(of: run, policy.stop)
      try run.folder.write(
        .object(origin + [.init("points", .array(points.map(\.json)))]), to: Self.sweepFile)
      return points
    } catch is Stopped {
      throw Failure(
        .interrupted,
        "\(run.folder.path): interrupted while it was measured at its temperatures; the same call goes on"
      )
    }
  }
}

extension TradeOffCurve.Point {
  private static let keys = ["quality", "diversity", "quality_error", "diversity_error"]

  fileprivate var json: JSON {
    .object(
      zip(Self.keys, [quality, diversity, qualityError, diversityError]).map {
        .init($0, JSON($1))
      })
  }

  fileprivate init?(_ json: JSON) {
    let values = Self.keys.compactMap { json[$0]?.number }
    guard values.count == Self.keys.count else { return nil }
    self.init(
      quality: values[0], diversity: values[1], qualityError: values[2], diversityError: values[3])
  }
}
