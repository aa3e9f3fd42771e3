import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// The work of `train sequence-gan`: maximum likelihood, then the discriminator, then both in turn.
///
/// A piece is one batch, or one step after the discriminator.
struct SequenceJob<Gradient: SequenceGradient, Judge: SequenceJudge>: Job {
  typealias GAN = SequenceGAN<Gradient, Judge>
  /// One step of the generator after the discriminator; returns the mean probability of being data.
  typealias Follow = @Sendable (inout GAN, Sharding, inout Philox, StopCheck) throws -> Double

  private let configuration: SequenceConfiguration
  private let data: SequenceData
  private let follow: Follow
  private var gan: GAN
  private var sharding: Sharding
  private var place = Place()
  /// The figures of the latest evaluation.
  private var latest: [JSON.Member] = []
  /// The sources of the next batches: functions of the seed and the place, kept for speed.
  private var order: [Int]?
  private var round: DiscriminatorRound?

  /// How far the work is.
  private struct Place: Equatable {
    /// Epochs of likelihood, rounds of the discriminator, and steps after it.
    var epochs = 0
    var rounds = 0
    var steps = 0
    /// Batches done of the present epoch or round.
    var batch = 0
    /// The sum of the losses of this epoch or round, each weighted, and the sum of the weights.
    var sum = 0.0
    var weight = 0.0
    /// The same of the pre-training's batches since their loss was logged.
    var unloggedSum = 0.0
    var unloggedWeight = 0.0
    /// The mean loss of the epoch or round before.
    var loss = 0.0
    /// The mean probability of being data in the last of the steps.
    var reward = 0.0

    mutating func add(_ loss: Double, weight: Double = 1) {
      batch += 1
      sum += loss * weight
      self.weight += weight
    }

    mutating func endStretch() {
      loss = sum / weight
      (batch, sum, weight) = (0, 0, 0)
    }
  }

  /// - Parameters:
  ///   - gradient: of a generator, and what is drawn to make it.
  ///   - judge: likewise the discriminator.
  init(
    _ configuration: SequenceConfiguration, data: SequenceData,
    gradient: (inout Philox) -> Gradient, judge: (inout Philox) -> Judge,
    following follow: @escaping Follow
  ) {
    self.configuration = configuration
    self.data = data
    self.follow = follow
    sharding = Sharding(configuration.shards)
    let seed = configuration.seed
    var weights = Philox(seed: seed, stream: .weights)
    let generator = SequenceGenerator(configuration, vocabulary: data.vocabulary, using: &weights)
    var others = Philox(seed: seed, stream: .discriminator)
    var third = Philox(seed: seed, stream: .gradient)
    gan = SequenceGAN(
      generator: generator, discriminator: judge(&others), gradient: gradient(&third),
      learningRate: configuration.learningRate,
      adversarialLearningRate: configuration.adversarialLearningRate,
      discriminatorLearningRate: configuration.discriminatorLearningRate)
  }

  private func noise(_ stream: SeedStream, _ index: Int) -> Philox {
    Philox(seed: configuration.seed, stream: stream).folding(UInt64(index))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    gan.visitParameters(&visitor)
  }
}

// MARK: Pieces

extension SequenceJob {
  var ranks: RankGroup { sharding.ranks }

  mutating func spread(over ranks: RankGroup) throws {
    sharding = try sharding.spread(over: ranks)
  }

  var step: Int { gan.pretraining.step + gan.policy.step }

  var stepCount: Int? {
    let (sequences, size) = (data.training.shape[0], configuration.batchSize)
    return configuration.pretrainEpochs * ((sequences + size - 1) / size)
      + configuration.adversarialSteps
  }

  var epoch: Int? { place.epochs }

  var learningRate: Double? {
    isPretrained ? gan.policy.learningRate : gan.pretraining.learningRate
  }

  private var isPretrained: Bool { place.epochs >= configuration.pretrainEpochs }

  var phase: String {
    isPretrained ? place.rounds < roundsDue ? "discriminator" : "adversarial" : "pretraining"
  }

  /// Rounds of the discriminator that come before the next step after it.
  private var roundsDue: Int {
    configuration.adversarialSteps == 0
      ? 0
      : configuration.discriminatorPretrainRounds + place.steps * configuration.discriminatorRounds
  }

  mutating func advance(_ stop: StopCheck) throws -> Observation? {
    if !isPretrained {
      try pretrain()
      guard step.isMultiple(of: configuration.logEvery) else { return nil }
      defer { (place.unloggedSum, place.unloggedWeight) = (0, 0) }
      return Observation([
        .init("phase", "pretrain"),
        .init("batch_nll", JSON(place.unloggedSum / place.unloggedWeight)),
      ])
    }
    if place.rounds < roundsDue {
      try teach(stop)
    } else {
      // A step that fails has begun to follow the discriminator all the same.
      var next = gan
      var noise = noise(.following, place.steps)
      place.reward = try follow(&next, sharding, &noise, stop)
      gan = next
      place.steps += 1
      if step.isMultiple(of: configuration.logEvery) {
        return Observation([
          .init("phase", "adversarial"), .init("batch_reward", JSON(place.reward)),
        ])
      }
    }
    return nil
  }

  private mutating func pretrain() throws {
    var noise = noise(.sequenceOrder, place.epochs)
    let order = order ?? Array(0..<data.training.shape[0]).shuffled(using: &noise)
    self.order = order
    let (first, size) = (place.batch * configuration.batchSize, configuration.batchSize)
    let end = min(order.count, first + size)
    let batch = data.training.rows(Array(order[first..<end]))
    let tokens = batch.tokenCount(end: configuration.end)
    let loss = try gan.pretrain(on: batch, in: sharding)
    place.add(loss, weight: Double(tokens))
    place.unloggedSum += loss * Double(tokens)
    place.unloggedWeight += Double(tokens)
    guard end == order.count else { return }
    place.endStretch()
    place.epochs += 1
    self.order = nil
  }

  private mutating func teach(_ stop: StopCheck) throws {
    let round = try round ?? makeRound(stop)
    self.round = round
    place.add(try gan.teachDiscriminator(by: round, batch: place.batch, in: sharding))
    guard place.batch == round.count else { return }
    place.endStretch()
    place.rounds += 1
    self.round = nil
  }

  private func makeRound(_ stop: StopCheck) throws -> DiscriminatorRound {
    var noise = noise(.teaching, place.rounds)
    let generated = try gan.generator.sample(
      data.training.shape[0], using: &noise, pause: { try stop() })
    return DiscriminatorRound(
      data: data.training, generated: generated, epochs: configuration.discriminatorEpochs,
      batchSize: configuration.batchSize, noise: noise.split())
  }

  func share(after seconds: Double) -> Double {
    let (steps, each) = (configuration.adversarialSteps, configuration.discriminatorRounds)
    let rounds = steps > 0 ? configuration.discriminatorPretrainRounds + steps * each : 0
    // The end of either phase may lie before the present.
    guard place.epochs <= configuration.pretrainEpochs, place.steps <= steps else {
      return .infinity
    }
    let whole = configuration.pretrainEpochs + rounds + steps
    return whole == 0 ? 1 : Double(place.epochs + place.rounds + place.steps) / Double(whole)
  }

  var caption: String {
    let phase =
      place.steps > 0
      ? "step \(place.steps)"
      : place.rounds > 0 ? "round \(place.rounds)" : "epoch \(place.epochs)"
    let value = latest.first { ["nll_oracle", "nll_generator"].contains($0.key) }?.value.number
    return phase + (value.map { "  NLL \(rounded($0, 3))" } ?? "")
  }
}

// MARK: Figures

extension SequenceJob {
  /// The untrained and the pre-trained generator, that of every so many epochs, and that of every
  /// so many steps with their rounds.
  var isEvaluationDue: Bool {
    guard place.batch == 0 else { return false }
    if place.steps > 0 {
      return place.rounds == roundsDue && place.steps.isMultiple(of: configuration.evaluateEvery)
    }
    let isPretrained =
      place.epochs == configuration.pretrainEpochs && configuration.adversarialSteps > 0
    return place.rounds == 0
      && (isPretrained || place.epochs.isMultiple(of: configuration.evaluateEvery))
  }

  mutating func evaluate(_ stop: StopCheck) throws -> Evaluation {
    var line: [JSON.Member] = []
    if place.steps > 0 {
      line = [
        .init("phase", "adversarial"), .init("adversarial_step", JSON(place.steps)),
        .init("reward", JSON(place.reward)),
      ]
      if configuration.discriminatorRounds > 0 {
        line.append(.init("discriminator_loss", JSON(place.loss)))
      }
    } else {
      line = [.init("phase", "pretrain")]
      if place.epochs > 0 { line.append(.init("train_nll", JSON(place.loss))) }
    }
    latest = try figures(stop)
    return Evaluation(line + latest)
  }

  private func figures(_ stop: StopCheck) throws -> [JSON.Member] {
    var noise = configuration.evaluationNoise
    let found = try SequenceFigures(
      of: gan.generator, on: data, samples: configuration.evaluationSequences, using: &noise,
      pause: { try stop() })
    try found.checkFinite { "\($0) at step \(step)" }
    return found.members
  }

  func summary(_ stop: StopCheck) throws -> [JSON.Member] {
    let figures = try latest.isEmpty ? figures(stop) : latest
    guard let oracle = data.oracle else { return figures }
    let entropy = try oracle.negativeLogLikelihood(of: data.test, pause: { try stop() })
    // A lower bound on nll_generator.
    return figures + [.init("oracle_entropy", JSON(entropy))]
  }

  /// Some sequences to look at, a line each.
  func samples() -> Samples? {
    var noise = Philox(seed: configuration.seed, stream: .pictures)
    let drawn = DrawnSequences(gan.generator.sample(20, using: &noise), texts: data.texts)
    return .texts(drawn.lines)
  }
}

// MARK: Progress

extension SequenceJob {
  var progress: [String: String] {
    [
      "vocabulary": "\(data.vocabulary)", "epochs": "\(place.epochs)",
      "lessons": "\(place.rounds)", "steps": "\(place.steps)", "batch": "\(place.batch)",
      "sum": "\(place.sum)", "weight": "\(place.weight)", "loss": "\(place.loss)",
      "unlogged_sum": "\(place.unloggedSum)", "unlogged_weight": "\(place.unloggedWeight)",
      "reward": "\(place.reward)", "pretraining": "\(gan.pretraining.step)",
      "policy": "\(gan.policy.step)", "discriminator": "\(gan.discriminator.step)",
      "adversarial": "\(gan.isAdversarial)",
    ]
  }

  mutating func restore(_ progress: SavedProgress) throws {
    place = Place(
      epochs: try progress.whole("epochs"), rounds: try progress.whole("lessons"),
      steps: try progress.whole("steps"), batch: try progress.wholeIfSet("batch") ?? 0,
      sum: try progress.numberIfSet("sum") ?? 0, weight: try progress.numberIfSet("weight") ?? 0,
      unloggedSum: try progress.numberIfSet("unlogged_sum") ?? 0,
      unloggedWeight: try progress.numberIfSet("unlogged_weight") ?? 0,
      loss: try progress.numberIfSet("loss") ?? 0, reward: try progress.numberIfSet("reward") ?? 0)
    gan.resume(
      pretraining: try progress.whole("pretraining"), policy: try progress.whole("policy"),
      discriminator: try progress.whole("discriminator"),
      isAdversarial: progress["adversarial"] == "true")
    (order, round) = (nil, nil)
    guard place.rounds + place.steps == 0 || place.epochs >= configuration.pretrainEpochs else {
      throw Failure(
        .usage,
        "pretrain-epochs is \(configuration.pretrainEpochs), but the run follows its discriminator since epoch \(place.epochs)"
      )
    }
  }
}
