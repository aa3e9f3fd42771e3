import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// One run of `train sequence-gan`: maximum likelihood, then the discriminator, then both in turn.
///
/// All noise is a function of the seed and of how far the run is, so that a resumed run goes on bit for bit.
struct SequenceSession<Gradient: SequenceGradient, Judge: SequenceJudge> {
  typealias GAN = SequenceGAN<Gradient, Judge>
  /// One step of the generator after the discriminator; returns the mean probability of being data.
  typealias Follow = (inout GAN, inout Philox) throws -> Double

  /// Streams of the run's seed that must not meet.
  private enum Stream: UInt64 {
    case generator = 200, discriminator, order, teaching, following
    case gradient = 206
  }

  /// How far a run is: epochs of likelihood, rounds of the discriminator before and between the steps, and steps against it.
  struct Progress: Equatable {
    var epochs = 0
    var lessons = 0
    var steps = 0
    /// The mean probability of being data in the last of the steps.
    var reward = 0.0
  }

  let configuration: SequenceConfiguration
  let data: SequenceData
  let folder: RunFolder
  private var gan: GAN
  private let follow: Follow
  private var progress = Progress()
  private let metrics: Metrics
  private let isQuiet: Bool
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private var lastSaved: ContinuousClock.Instant
  private var latest: JSON = .null

  /// - Parameters:
  ///   - gradient: of a generator, and what is drawn to make it.
  ///   - judge: likewise the discriminator, of so many tokens.
  init(
    _ configuration: SequenceConfiguration, data: SequenceData, folder: RunFolder, isQuiet: Bool,
    gradient: (inout Philox) -> Gradient, judge: (inout Philox) -> Judge,
    following follow: @escaping Follow
  ) {
    self.configuration = configuration
    self.data = data
    self.folder = folder
    self.isQuiet = isQuiet
    self.follow = follow
    metrics = Metrics(folder)
    started = clock.now
    lastSaved = started
    let seed = Philox(seed: configuration.seed)
    var weights = seed.folding(Stream.generator.rawValue)
    let generator = SequenceGenerator(configuration, vocabulary: data.vocabulary, using: &weights)
    var others = seed.folding(Stream.discriminator.rawValue)
    var third = seed.folding(Stream.gradient.rawValue)
    gan = SequenceGAN(
      generator: generator, discriminator: judge(&others), gradient: gradient(&third),
      learningRate: configuration.learningRate,
      adversarialLearningRate: configuration.adversarialLearningRate,
      discriminatorLearningRate: configuration.discriminatorLearningRate)
  }

  private func noise(_ stream: Stream, _ index: Int) -> Philox {
    Philox(seed: configuration.seed).folding(stream.rawValue).folding(UInt64(index))
  }

  /// Updates of the generator so far.
  private var step: Int { gan.pretraining.step + gan.policy.step }
  private var seconds: Double { (clock.now - started) / .seconds(1) }

  /// Trains to the end, or until somebody interrupts.
  mutating func run(isResumed: Bool) throws -> JSON {
    Interruption.listen()
    if isResumed { try restore() }
    try folder.set(.running)
    let first = step
    do {
      // A run that was stopped before its first checkpoint begins again; a step that lacks rounds has not been evaluated.
      let isWhole = progress.steps == 0 || progress.lessons == lessonsDue
      try metrics.truncate(after: isResumed ? (isWhole ? first : first - 1) : -1)
      if !isResumed { try evaluate([.init("phase", "pretrain")]) }
      var bar = ProgressBar(isQuiet: isQuiet)
      defer { bar.clear() }
      while try advanceOrKeep() {
        let text = figure()
        bar.update(share) { text }
        if Interruption.isRequested || clock.now - lastSaved > .seconds(20) { try save() }
        if Interruption.isRequested {
          try folder.set(.interrupted)
          throw Failure(
            .interrupted,
            "interrupted at step \(step); continue with: discrete train sequence-gan --resume \(folder.path)"
          )
        }
      }
      return try finish(steps: step - first)
    } catch {
      if folder.status == .running { try? folder.set(.failed) }
      throw error
    }
  }

  private var share: Double {
    let (steps, rounds) = (configuration.adversarialSteps, configuration.discriminatorRounds)
    let lessons = steps > 0 ? configuration.discriminatorPretrainRounds + steps * rounds : 0
    let whole = configuration.pretrainEpochs + lessons + steps
    return Double(progress.epochs + progress.lessons + progress.steps) / Double(max(1, whole))
  }

  private func figure() -> String {
    let phase =
      progress.steps > 0
      ? "step \(progress.steps)"
      : progress.lessons > 0 ? "round \(progress.lessons)" : "epoch \(progress.epochs)"
    let value = latest["nll_oracle"] ?? latest["nll_generator"]
    return "\(phase)  NLL \(decimal(value?.number ?? 0, 3))"
  }

  /// Does the next piece of work; where it ends in numbers that are not, what stood before is kept as a checkpoint.
  private mutating func advanceOrKeep() throws -> Bool {
    let (before, progress) = (gan, progress)
    do {
      return try advance()
    } catch  where error is NonFiniteError || (error as? Failure)?.kind == .failedCheck {
      (gan, self.progress) = (before, progress)
      try save()
      throw Failure(
        .failedCheck,
        "\(error); what it had learned by step \(step) is kept in \(folder.lastCheckpoint)")
    }
  }

  /// Does the next piece of work; false where none is left.
  private mutating func advance() throws -> Bool {
    if progress.epochs < configuration.pretrainEpochs {
      try pretrain()
    } else if configuration.adversarialSteps > 0, progress.lessons < lessonsDue {
      try teach()
    } else if progress.steps < configuration.adversarialSteps {
      try adversarialStep()
    } else {
      return false
    }
    return true
  }

  /// Rounds of the discriminator that come before the next step against it.
  private var lessonsDue: Int {
    configuration.discriminatorPretrainRounds + progress.steps * configuration.discriminatorRounds
  }

  private mutating func pretrain() throws {
    var generator = noise(.order, progress.epochs)
    let order = Array(0..<data.training.shape[0]).shuffled(using: &generator)
    var (sum, count) = (0.0, 0)
    for first in stride(from: 0, to: order.count, by: configuration.batchSize) {
      let places = Array(order[first..<min(order.count, first + configuration.batchSize)])
      let batch = data.training.rows(places)
      let tokens = batch.tokenCount(end: configuration.end)
      sum += try gan.pretrain(on: batch) * Double(tokens)
      count += tokens
    }
    progress.epochs += 1
    if isDue(progress.epochs, of: configuration.pretrainEpochs) {
      try evaluate([
        .init("phase", "pretrain"), .init("epoch", JSON(progress.epochs)),
        .init("train_nll", JSON(sum / Double(count))),
      ])
    }
  }

  /// A round of the discriminator, the last of a step's rounds with its evaluation.
  private mutating func teach() throws {
    var generator = noise(.teaching, progress.lessons)
    let loss = try gan.teachDiscriminator(
      with: data.training, epochs: configuration.discriminatorEpochs,
      batchSize: configuration.batchSize, using: &generator)
    progress.lessons += 1
    if progress.steps > 0, progress.lessons == lessonsDue {
      try evaluateStep([.init("discriminator_loss", JSON(loss))])
    }
  }

  private mutating func adversarialStep() throws {
    var generator = noise(.following, progress.steps)
    progress.reward = try follow(&gan, &generator)
    progress.steps += 1
    if configuration.discriminatorRounds == 0 { try evaluateStep([]) }
  }

  private mutating func evaluateStep(_ members: [JSON.Member]) throws {
    guard isDue(progress.steps, of: configuration.adversarialSteps) else { return }
    try evaluate(
      [
        .init("phase", "adversarial"), .init("adversarial_step", JSON(progress.steps)),
        .init("reward", JSON(progress.reward)),
      ] + members)
  }

  private func isDue(_ done: Int, of all: Int) -> Bool {
    done.isMultiple(of: configuration.evaluateEvery) || done == all
  }

  /// Logs how good the generator is.
  private mutating func evaluate(_ members: [JSON.Member]) throws {
    latest = .object([.init("step", JSON(step))] + members + (try figures()))
    try metrics.log(latest)
  }

  private func figures() throws(Failure) -> [JSON.Member] {
    var generator = configuration.evaluationNoise(0)
    return try SequenceFigures(
      of: gan.generator, on: data, references: nil, samples: configuration.evaluationSequences,
      using: &generator
    ).members
  }

  private mutating func finish(steps: Int) throws -> JSON {
    let training = seconds
    // Nothing was left to do, and so nothing to log.
    if latest == .null { latest = .object(try figures()) }
    try save()
    try metrics.writeTable()
    var summary: [JSON.Member] = [
      .init("run", JSON(folder.path)), .init("steps", JSON(step)),
      .init("seconds", JSON(rounded(training, 3))),
      .init("steps_per_second", JSON(rounded(Double(steps) / max(training, 1e-9), 1))),
    ]
    for key in SequenceFigures.names {
      if let value = latest[key] { summary.append(.init(key, value)) }
    }
    // What no generator can do better than, in nll_generator.
    if let oracle = data.oracle {
      summary.append(.init("oracle_entropy", JSON(oracle.negativeLogLikelihood(of: data.test))))
    }
    let result = JSON.object(summary)
    try writeSamples()
    try folder.write(result, to: "summary.json")
    try folder.set(.finished)
    return result
  }

  /// Some sequences to look at, a line each.
  private func writeSamples() throws {
    var generator = configuration.evaluationNoise(1)
    let lines = gan.generator.sample(20, using: &generator).lines(data.texts)
    try atomicWrite(
      Array(lines.map { $0 + "\n" }.joined().utf8), to: folder.file("samples/final.txt"))
  }

  /// Writes all that is needed to go on, and beside it the generator alone, as it is and as it was pre-trained.
  private mutating func save() throws(FormatError) {
    try Checkpoint.save(
      gan,
      metadata: [
        "epochs": "\(progress.epochs)", "lessons": "\(progress.lessons)",
        "steps": "\(progress.steps)", "reward": "\(progress.reward)",
        "pretraining": "\(gan.pretraining.step)",
        "policy": "\(gan.policy.step)", "discriminator": "\(gan.discriminator.step)",
        "adversarial": "\(gan.isAdversarial)",
      ], to: folder.lastCheckpoint)
    try save(gan.generator, to: folder.generatorCheckpoint)
    if gan.isAdversarial { try save(gan.pretraining.model, to: folder.pretrainedCheckpoint) }
    lastSaved = clock.now
  }

  private func save(_ generator: SequenceGenerator, to path: String) throws(FormatError) {
    try Checkpoint.save(
      generator, metadata: ["step": "\(step)", "vocabulary": "\(data.vocabulary)"], to: path)
  }

  private mutating func restore() throws {
    let path = folder.lastCheckpoint
    let metadata = try Checkpoint.restore(&gan, from: path)
    try gan.checkFinite(in: path)
    func count(_ key: String, upTo most: Int = JSON.mostWhole) throws(FormatError) -> Int {
      try metadata.whole(key, in: 0...most, of: path)
    }
    progress = Progress(
      epochs: try count("epochs", upTo: configuration.pretrainEpochs),
      lessons: try count("lessons"),
      steps: try count("steps", upTo: configuration.adversarialSteps),
      reward: try metadata.numberIfPresent("reward", of: path) ?? 0)
    gan.resume(
      pretraining: try count("pretraining"), policy: try count("policy"),
      discriminator: try count("discriminator"), isAdversarial: metadata["adversarial"] == "true")
  }
}

extension SequenceGenerator {
  /// A generator as a configuration wants it.
  init(
    _ configuration: SequenceConfiguration, vocabulary: Int, using generator: inout Philox
  ) {
    self.init(
      vocabulary: vocabulary, length: configuration.length, embeddingSize: configuration.embedding,
      units: configuration.hidden, end: configuration.end, using: &generator)
  }
}

extension RunFolder {
  /// The checkpoint of a sequence generator without what trained it.
  var generatorCheckpoint: String { file("checkpoints/generator.safetensors") }
  /// That of the generator before its first adversarial step; there is none before it.
  var pretrainedCheckpoint: String { file("checkpoints/pretrained.safetensors") }
  /// The texts of a text model's tokens.
  var vocabularyFile: String { "vocabulary.json" }
}
