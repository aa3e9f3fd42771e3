import Datasets
import Formats
import Learning
import Models
import Runs
import Stochastics
import Tensors

/// One run of `train sorter`.
///
/// Sequences and noise are functions of the seed and the step, so that a resumed run goes on bit for bit.
struct SorterSession<Scorer: ItemScorer, Objective: SortingObjective, O: Optimizer> {
  let configuration: SorterConfiguration
  let data: SorterData
  let folder: RunFolder
  private var trainer: Trainer<Sorter<Scorer, Objective>, O>
  private var best: (exact: Double, elementwise: Double, step: Int)?
  private var latest: JSON = .null
  private let metrics: Metrics
  private let isQuiet: Bool
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant

  init(
    _ configuration: SorterConfiguration, data: SorterData, folder: RunFolder,
    sorter: Sorter<Scorer, Objective>, optimizer: O, isQuiet: Bool
  ) {
    self.configuration = configuration
    self.data = data
    self.folder = folder
    self.isQuiet = isQuiet
    trainer = Trainer(
      sorter, optimizer: optimizer, learningRate: configuration.learningRate,
      schedule: configuration.schedule)
    metrics = Metrics(folder)
    started = clock.now
  }

  /// Trains to the end, or until somebody interrupts.
  mutating func run(isResumed: Bool) throws -> JSON {
    Interruption.listen()
    if isResumed { try restore() }
    try folder.record(configuration.settings)
    try folder.set(.running)
    let first = trainer.step
    var seconds = 0.0
    do {
      // A run that was stopped before its first checkpoint begins again.
      try metrics.truncate(after: isResumed ? first : -1)
      latest = try metrics.lines().last ?? .null
      var bar = ProgressBar(isQuiet: isQuiet)
      defer { bar.clear() }
      var lastSaved = clock.now
      while trainer.step < configuration.steps {
        let start = clock.now
        let loss = try step()
        seconds += (clock.now - start) / .seconds(1)
        bar.update(Double(trainer.step) / Double(configuration.steps)) {
          "loss \(decimal(Double(loss), 3))  \(decimal(Double(trainer.step - first) / max(seconds, 1e-9), 1)) steps/s"
        }
        if trainer.step.isMultiple(of: configuration.evaluateEvery)
          || trainer.step == configuration.steps
        {
          try validate(loss)
        }
        if Interruption.isRequested || clock.now - lastSaved > .seconds(20) {
          try save(to: folder.lastCheckpoint)
          lastSaved = clock.now
        }
        if Interruption.isRequested {
          try folder.set(.interrupted)
          throw Failure(
            .interrupted,
            "interrupted at step \(trainer.step); continue with: discrete train sorter --resume \(folder.path)"
          )
        }
      }
      return try finish(steps: trainer.step - first, seconds: seconds)
    } catch {
      if folder.status == .running { try? folder.set(.failed) }
      throw error
    }
  }

  private mutating func step() throws -> Scalar {
    let own = Philox(seed: configuration.seed)
      .folding(SorterStream.steps.rawValue).folding(UInt64(trainer.step))
    let batch = data.training.batch(configuration.batchSize, from: own.folding(0))
    var noise = own.folding(1)
    do {
      return try trainer.descend { sorter in
        sorter.loss(of: batch.items, order: batch.order, using: &noise).mean()
      }
    } catch {
      // What stood before the step is kept, unless the step has spoiled it.
      if trainer.firstNonFinite == nil { try save(to: folder.lastCheckpoint) }
      throw error
    }
  }

  private mutating func validate(_ loss: Scalar) throws {
    let found = try accuracy(
      of: trainer.model, on: data.validation, of: configuration, .validation)
    latest = [
      "step": JSON(trainer.step), "loss": JSON(Double(loss)), "exact": JSON(found.exact),
      "elementwise": JSON(found.elementwise),
    ]
    try metrics.log(latest)
    if best.map({ (found.exact, found.elementwise) > ($0.exact, $0.elementwise) }) ?? true {
      best = (found.exact, found.elementwise, trainer.step)
      try save(to: folder.bestCheckpoint)
    }
  }

  private func finish(steps: Int, seconds: Double) throws -> JSON {
    try save(to: folder.lastCheckpoint)
    try metrics.writeTable()
    let test = try accuracy(of: trainer.model, on: data.test, of: configuration, .test)
    try picture()
    let summary: JSON = [
      "run": JSON(folder.path), "steps": JSON(trainer.step), "seconds": JSON(rounded(seconds, 3)),
      "seconds_per_step": JSON(rounded(seconds / Double(max(1, steps)), 5)),
      "loss": latest["loss"] ?? .null, "test_exact": JSON(test.exact),
      "test_elementwise": JSON(test.elementwise), "best_step": best.map { JSON($0.step) } ?? .null,
      "best_validation_exact": best.map { JSON($0.exact) } ?? .null,
    ]
    try folder.write(summary, to: "summary.json")
    try folder.set(.finished)
    return summary
  }

  /// A few test sequences, each a row in the order it was given.
  private func picture() throws {
    guard let size = data.size else { return }
    let batch = data.test.batch(10, from: SorterStream.test.generator(configuration.seed))
    let found = trainer.model.order(of: batch.items)
    let n = configuration.length
    let rows = found.indices.values.enumerated().map { place, item in place / n * n + Int(item) }
    var grid = ImageGrid(width: size.width, height: size.height, columns: n)
    grid.append(
      batch.items.reshaped([rows.count, size.height * size.width])
        .gathering(Indices(rows, shape: [rows.count]), along: 0))
    try atomicWrite(grid.png(), to: folder.picture)
  }

  private func save(to path: String) throws(FormatError) {
    var metadata = ["step": "\(trainer.step)"]
    if let best {
      metadata["best_step"] = "\(best.step)"
      metadata["best_exact"] = "\(best.exact)"
      metadata["best_elementwise"] = "\(best.elementwise)"
    }
    try Checkpoint.save(trainer, metadata: metadata, to: path)
  }

  private mutating func restore() throws {
    let path = folder.lastCheckpoint
    let metadata = try Checkpoint.restore(&trainer, from: path)
    try trainer.model.checkFinite(in: path)
    trainer.resume(at: try metadata.whole("step", in: 0...JSON.mostWhole, of: path))
    if let step = try metadata.wholeIfPresent("best_step", in: 0...JSON.mostWhole, of: path),
      let exact = try metadata.numberIfPresent("best_exact", of: path),
      let elementwise = try metadata.numberIfPresent("best_elementwise", of: path)
    {
      best = (exact, elementwise, step)
    }
  }
}

/// Streams of a sorter's seed that must not meet.
enum SorterStream: UInt64 {
  case steps = 310, validation, test

  func generator(_ seed: UInt64) -> Philox { Philox(seed: seed).folding(rawValue) }
}

/// How often hard orders of held-out sequences are right; throws where a score is not finite.
func accuracy<Scorer: ItemScorer, Objective: SortingObjective>(
  of sorter: Sorter<Scorer, Objective>, on data: any SortingData,
  of configuration: SorterConfiguration, _ stream: SorterStream
) throws(Failure) -> SortingAccuracy {
  let (count, size) = (configuration.evaluationSequences, max(1, 250 / configuration.length))
  let own = stream.generator(configuration.seed)
  var result = SortingAccuracy()
  for start in stride(from: 0, to: count, by: size) {
    let batch = data.batch(min(size, count - start), from: own.folding(UInt64(start)))
    let scores = sorter.scorer(batch.items)
    guard scores.allFinite else {
      throw Failure(.failedCheck, "the scores of held-out items are not all finite")
    }
    result.add(sorter.objective.order(scores: scores), against: batch.order)
  }
  return result
}
