import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// One training run: a model, its estimators and optimizer, the data, and the folder it is recorded in.
struct Session<Model: LatentVariableModel, O: Optimizer> {
  typealias State = Trainer<Trained<Model, LayerEstimators<Model.Latents>>, O>

  /// Streams of the run's seed that must not meet.
  enum Stream: UInt64 { case initialization = 10, steps, evaluation, pictures }

  let configuration: TrainingConfiguration
  let data: ImageData
  let folder: RunFolder
  var trainer: State
  var progress: RunProgress
  private let metrics: Metrics
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private let isQuiet: Bool
  /// The best state so far, until it is written.
  private var best: State?
  /// The state at the start, until there is a checkpoint.
  private var initial: State?

  private static var secondsBetweenCheckpoints: Double { 20 }

  init(
    _ configuration: TrainingConfiguration, data: ImageData, folder: RunFolder, trainer: State,
    progress: RunProgress = RunProgress(), isQuiet: Bool
  ) {
    self.configuration = configuration
    self.data = data
    self.folder = folder
    self.trainer = trainer
    self.progress = progress
    self.isQuiet = isQuiet
    metrics = Metrics(folder)
    started = clock.now
    initial = fileExists(folder.lastCheckpoint) ? nil : trainer
  }

  private var stepsPerEpoch: Int { data.training.count / configuration.batchSize }
  private var seconds: Double { (clock.now - started) / .seconds(1) }

  /// The bound of held-out images with one sample each; the noise depends on the seed only.
  func bound(of images: ImageSet) -> Double {
    evaluate(
      trainer.model.model, on: images, binarisation: configuration.binarisation,
      seed: configuration.seed, samples: 1
    ).bound
  }

  /// Trains to the end, or until somebody interrupts.
  mutating func run() throws -> JSON {
    Interruption.listen()
    let firstStep = trainer.step
    try metrics.truncate(after: firstStep)
    try folder.set(.running)
    var bar = ProgressBar(isQuiet: isQuiet)
    var batches = epochBatches()
    var lastSaved = seconds
    while !isFinished(firstStep: firstStep) {
      let index = trainer.step % stepsPerEpoch
      if index == 0 { batches = epochBatches() }
      do {
        try step(batches[index])
      } catch {
        bar.clear()
        try saveFinite()
        try folder.set(.failed)
        throw error
      }
      bar.update(share(firstStep: firstStep)) {
        let rate = Double(trainer.step - firstStep) / max(seconds, 1e-9)
        return "bound \(rounded(progress.runningBound, 1))  \(Int(rate)) steps/s"
      }
      if trainer.step % stepsPerEpoch == 0 { try endEpoch() }
      let isInterrupted = Interruption.isRequested
      if isInterrupted || seconds - lastSaved > Self.secondsBetweenCheckpoints {
        try saveAll()
        lastSaved = seconds
      }
      if isInterrupted {
        bar.clear()
        try metrics.writeTable()
        try folder.set(.interrupted)
        throw CommandFailure(
          .interrupted,
          "interrupted at step \(trainer.step); continue with: discrete train belief-network --resume \(folder.path)"
        )
      }
    }
    bar.clear()
    return try finish(steps: trainer.step - firstStep)
  }

  private func epochBatches() -> Batches {
    Batches(
      training: data.training, size: configuration.batchSize,
      binarisation: configuration.binarisation, seed: configuration.seed,
      epoch: trainer.step / stepsPerEpoch)
  }

  private mutating func step(_ x: Bits) throws(NonFiniteError) {
    var noise = Philox(seed: configuration.seed)
      .folding(Stream.steps.rawValue).folding(UInt64(trainer.step))
    let loss = try trainer.descend { trained in
      trained.model.negativeBound(of: x, estimators: &trained.estimators, using: &noise).mean()
    }
    progress.add(bound: -Double(loss))
  }

  private mutating func endEpoch() throws {
    let validation = bound(of: data.validation)
    let epoch = trainer.step / stepsPerEpoch
    try metrics.log([
      "step": JSON(trainer.step), "epoch": JSON(epoch),
      "train_bound": JSON(progress.epochBound), "validation_bound": JSON(validation),
      "learning_rate": JSON(
        configuration.learningRate * configuration.schedule.factor(at: trainer.step)),
    ])
    if progress.endEpoch(validation: validation, step: trainer.step) { best = trainer }
  }

  private func isFinished(firstStep: Int) -> Bool {
    if let patience = configuration.patience, progress.epochsWithoutImprovement >= patience {
      return true
    }
    return share(firstStep: firstStep) >= 1
  }

  /// How much of the run is done, in [0, 1].
  private func share(firstStep: Int) -> Double {
    switch configuration.length {
    case .steps(let steps): Double(trainer.step) / Double(steps)
    case .epochs(let epochs): Double(trainer.step) / Double(epochs * stepsPerEpoch)
    case .minutes(let minutes): seconds / (minutes * 60)
    }
  }

  /// Writes the best state before the last, so that a program that stops in between can be resumed from what is there.
  private mutating func saveAll() throws(FormatError) {
    if let state = best { try save(state, progress, to: folder.bestCheckpoint) }
    best = nil
    try save(trainer, progress, to: folder.lastCheckpoint)
    initial = nil
  }

  /// After a loss or gradient that is not finite: the state, or where that is no longer finite itself the one before.
  private mutating func saveFinite() throws(FormatError) {
    if trainer.firstNonFinite == nil {
      try saveAll()
    } else if let initial {
      try save(initial, RunProgress(), to: folder.lastCheckpoint)
    }
  }

  private func save(
    _ state: State, _ progress: RunProgress, to path: String
  ) throws(FormatError) {
    var metadata = progress.metadata
    metadata["step"] = String(state.step)
    metadata["width"] = String(data.test.width)
    metadata["height"] = String(data.test.height)
    try Checkpoint.save(state, metadata: metadata, to: path)
  }

  private mutating func finish(steps: Int) throws -> JSON {
    let trainingSeconds = seconds
    if progress.bestBound == nil { best = trainer }
    try saveAll()
    try metrics.writeTable()
    try picture()
    let summary: JSON = [
      "run": JSON(folder.path), "steps": JSON(trainer.step),
      "seconds": JSON(rounded(trainingSeconds, 3)),
      "steps_per_second": JSON(rounded(Double(steps) / max(trainingSeconds, 1e-9), 1)),
      "train_bound": JSON(progress.lastEpochBound ?? progress.epochBound),
      "test_bound": JSON(bound(of: data.test)),
      "best_validation_bound": progress.bestBound.map { JSON($0) } ?? .null,
      "best_step": JSON(progress.bestStep),
    ]
    try folder.write(summary, to: "summary.json")
    try folder.set(.finished)
    return summary
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

extension RunFolder {
  /// Data, reconstructions and samples as one picture.
  var picture: String { file("samples/final.png") }
}
