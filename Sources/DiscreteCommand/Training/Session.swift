import Datasets
import Formats
import Learning
import Models
import Runs
import Tensors

/// One training run: a model, its estimators and optimizer, the data, and the folder it is recorded in.
struct Session<Model: LatentVariableModel, O: Optimizer> {
  typealias State = Trainer<Trained<Model, Model.Estimators>, O>

  /// Streams of the run's seed that must not meet.
  enum Stream: UInt64 { case steps = 11, pictures = 13 }

  let configuration: TrainingConfiguration
  let data: ImageData
  let folder: RunFolder
  var trainer: State
  var progress: RunProgress
  /// The best state so far, until it is written.
  var best: (state: State, progress: RunProgress)?
  /// The state at the start, until there is a checkpoint.
  var initial: State?
  private let metrics: Metrics
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  /// Seconds of training before this process.
  private let earlier: Double
  private let isQuiet: Bool
  /// Values of the label, where the model has one.
  var labelCount: Int? { trainer.model.model.labelCount }

  private static var secondsBetweenCheckpoints: Double { 20 }

  init(
    _ configuration: TrainingConfiguration, data: ImageData, folder: RunFolder, trainer: State,
    progress: RunProgress = RunProgress(), isQuiet: Bool
  ) throws(FormatError) {
    self.configuration = configuration
    self.data = data
    self.folder = folder
    self.trainer = trainer
    self.progress = progress
    self.isQuiet = isQuiet
    metrics = Metrics(folder)
    started = clock.now
    earlier = progress.seconds ?? 0
    initial = try fileExists(folder.lastCheckpoint) ? nil : trainer
  }

  private var stepsPerEpoch: Int { data.training.count / configuration.batchSize }
  private var seconds: Double { (clock.now - started) / .seconds(1) }

  /// Trains to the end, or until somebody interrupts; a run that has ended is left as it is.
  mutating func run() throws -> JSON {
    if isFinished && folder.status == .finished { return try folder.summary() }
    Interruption.listen()
    let firstStep = trainer.step
    try metrics.truncate(after: firstStep)
    try folder.record(configuration.settings)
    try folder.set(.running)
    do {
      if try train() {
        try metrics.writeTable()
        try folder.set(.interrupted)
      } else {
        return try finish(steps: trainer.step - firstStep)
      }
    } catch {
      // What went wrong first is what is told, also where the folder cannot be written any more.
      try? folder.set(.failed)
      throw error
    }
    throw Failure(
      .interrupted,
      "interrupted at step \(trainer.step); continue with: discrete train \(configuration.model.rawValue) --resume \(folder.path)"
    )
  }

  /// Trains to the end, or until somebody interrupts, which is the result.
  private mutating func train() throws -> Bool {
    var bar = ProgressBar(isQuiet: isQuiet)
    defer { bar.clear() }
    var batches = epochBatches()
    let firstStep = trainer.step
    var lastSaved = seconds
    while !isFinished {
      let index = trainer.step % stepsPerEpoch
      if index == 0 { batches = epochBatches() }
      try step(batches[index])
      bar.update(share) {
        let rate = Double(trainer.step - firstStep) / max(seconds, 1e-9)
        return "bound \(decimal(progress.runningBound, 1))  \(Int(rate)) steps/s"
      }
      if trainer.step % stepsPerEpoch == 0 { try endEpoch() }
      let isInterrupted = Interruption.isRequested
      if isInterrupted || seconds - lastSaved > Self.secondsBetweenCheckpoints {
        if case .minutes = configuration.length { progress.seconds = earlier + seconds }
        try saveAll()
        lastSaved = seconds
      }
      if isInterrupted { return true }
    }
    return false
  }

  private func epochBatches() -> Batches {
    Batches(
      training: data.training, size: configuration.batchSize,
      binarisation: configuration.binarisation, seed: configuration.seed,
      epoch: trainer.step / stepsPerEpoch)
  }

  private mutating func step(_ x: Bits) throws {
    var noise = Philox(seed: configuration.seed)
      .folding(Stream.steps.rawValue).folding(UInt64(trainer.step))
    do {
      let loss = try trainer.descend { trained in
        trained.model.negativeBound(of: x, estimators: &trained.estimators, using: &noise).mean()
      }
      progress.add(bound: -Double(loss))
      if let every = configuration.diagnostics, trainer.step % every == 0 {
        let found = Diagnostics.measure(trainer.model, on: x, seed: configuration.seed)
        try metrics.log(.object([.init("step", JSON(trainer.step))] + found))
      }
    } catch {
      try saveLastGood(includingCurrent: trainer.firstNonFinite == nil)
      throw error
    }
  }

  private mutating func endEpoch() throws {
    let validation = try finiteBound(of: data.validation, named: "validation")
    var line: [JSON.Member] = [
      .init("step", JSON(trainer.step)), .init("epoch", JSON(trainer.step / stepsPerEpoch)),
      .init("train_bound", JSON(trainingBound(progress.epochBound))),
      .init("validation_bound", JSON(validation)),
      .init(
        "learning_rate",
        JSON(configuration.learningRate * configuration.schedule.factor(at: trainer.step))),
    ]
    if objective != .bound { line.append(.init("train_objective", JSON(progress.epochBound))) }
    try metrics.log(.object(line))
    if progress.endEpoch(validation: validation, step: trainer.step) {
      best = (trainer, progress)
    }
  }

  private var objective: Objective { trainer.model.estimators.objective }

  /// The mean bound of the training steps where that is what they descend; else that of hard samples on part of the training images.
  private func trainingBound(_ descended: Double) -> Double {
    guard objective != .bound else { return descended }
    let images = data.training[0..<min(data.training.count, 10_000)]
    return evaluate(
      trainer.model.model, on: images, binarisation: configuration.binarisation,
      seed: configuration.seed, samples: 1
    ).bound
  }

  /// The share of test images whose label the model predicts, `nil` for a model without labels.
  private func testAccuracy() -> Double? {
    guard labelCount != nil else { return nil }
    let batches = Batches(
      evaluating: data.test, size: 500, binarisation: configuration.binarisation,
      seed: configuration.seed)
    let labels = (0..<batches.count).flatMap { trainer.model.model.labels(of: batches[$0]) ?? [] }
    let right = labels.indices.filter { labels[$0] == data.test.label(of: $0) }
    return Double(right.count) / Double(max(1, labels.count))
  }

  /// The bound of held-out images with one sample each, whose noise depends on the seed only; one that is not finite ends the
  /// run as a loss does.
  private mutating func finiteBound(of images: ImageSet, named name: String) throws -> Double {
    let bound = evaluate(
      trainer.model.model, on: images, binarisation: configuration.binarisation,
      seed: configuration.seed, samples: 1
    ).bound
    guard bound.isFinite else {
      try saveLastGood(includingCurrent: false)
      throw Failure(
        .failedCheck, "the \(name) bound is \(spelled(bound)) at step \(trainer.step)")
    }
    return bound
  }

  private var isFinished: Bool {
    if let patience = configuration.patience, progress.epochsWithoutImprovement >= patience {
      return true
    }
    return share >= 1
  }

  /// How much of the run is done, in [0, 1].
  private var share: Double {
    switch configuration.length {
    case .steps(let steps): Double(trainer.step) / Double(steps)
    case .epochs(let epochs): Double(trainer.step) / Double(epochs * stepsPerEpoch)
    case .minutes(let minutes): (earlier + seconds) / (minutes * 60)
    }
  }

  private mutating func finish(steps: Int) throws -> JSON {
    let trainingSeconds = seconds
    if case .minutes = configuration.length { progress.seconds = earlier + trainingSeconds }
    let test = try finiteBound(of: data.test, named: "test")
    if progress.bestBound == nil { best = (trainer, progress) }
    try saveAll()
    try metrics.writeTable()
    try picture()
    let descended = progress.lastEpochBound ?? progress.epochBound
    var summary: [JSON.Member] = [
      .init("run", JSON(folder.path)), .init("steps", JSON(trainer.step)),
      .init("seconds", JSON(rounded(trainingSeconds, 3))),
      .init(
        "steps_per_second", JSON(rounded(Double(steps) / max(trainingSeconds, 1e-9), 1))),
      .init("train_bound", JSON(trainingBound(descended))), .init("test_bound", JSON(test)),
      .init("best_validation_bound", progress.bestBound.map { JSON($0) } ?? .null),
      .init("best_step", JSON(progress.bestStep)),
    ]
    if objective != .bound {
      summary.append(.init("objective", JSON(objective.description)))
      summary.append(.init("train_objective", JSON(descended)))
    }
    if let accuracy = testAccuracy() { summary.append(.init("test_accuracy", JSON(accuracy))) }
    let result = JSON.object(summary)
    try folder.write(result, to: "summary.json")
    try folder.set(.finished)
    return result
  }

  /// Data, their reconstructions, and samples, one below the other.
  private func picture() throws(FormatError) {
    let columns = 20
    let count = min(2 * columns, data.test.count)
    var generator = Philox(seed: configuration.seed).folding(Stream.pictures.rawValue)
    let x = Batches(
      evaluating: data.test, size: count, binarisation: configuration.binarisation,
      seed: configuration.seed)[0]
    let model = trainer.model.model
    var grid = ImageGrid(width: data.test.width, height: data.test.height, columns: columns)
    grid.append(x.tensor)
    grid.append(model.reconstructions(of: x, using: &generator))
    grid.append(model.samples(2 * columns, using: &generator))
    try atomicWrite(grid.png(), to: folder.picture)
  }
}
