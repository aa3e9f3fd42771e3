public import Formats
import Learning
import Tensors

/// One run of a job: the one loop there is.
///
/// It takes the folder's lock, restores the last checkpoint, forgets the lines of metrics that the
/// checkpoint does not count, advances the job, logs its evaluations, shows progress, saves, and
/// ends with a summary. A signal stops it between two pieces with a checkpoint, from which the same
/// call goes on bit for bit.
public struct Run<Work: Job> {
  public private(set) var job: Work
  public let folder: RunFolder
  private let origin: Origin
  private let policy: RunPolicy
  private var record: RunRecord
  private var sessions: Sessions
  /// What the ranks have agreed upon after the latest piece.
  private var agreed = (isStopRequested: false, seconds: 0.0)
  /// Whether the present state has been evaluated, where it is one to evaluate.
  private var isEvaluated = true
  private var lastSaved: (step: Int, time: ContinuousClock.Instant)

  private let clock = ContinuousClock()

  /// A run of `job` in a folder, begun or taken up.
  public init(
    _ job: Work, in folder: RunFolder, origin: Origin = Origin(), policy: RunPolicy = RunPolicy()
  ) throws {
    self.job = job
    self.folder = folder
    self.origin = origin
    self.policy = policy
    record = RunRecord(folder)
    sessions = try Sessions(of: folder)
    lastSaved = (job.step, clock.now)
  }

  /// Works to the end and returns the summary, which for a run that has ended already is the one it
  /// left.
  ///
  /// - Parameter write: called once the run is sure to begin or to go on, to write what it goes
  ///   by.
  /// - Throws: `Failure` of kind `interrupted` after a signal, with a checkpoint written;
  ///   `failedCheck` for a figure that is not finite, with the last good state kept; whatever the
  ///   job throws.
  public mutating func drive(recording write: () throws -> Void = {}) throws -> JSON {
    let lock = try ranks.isFirst ? RunLock(folder) : nil
    defer { withExtendedLifetime(lock) {} }
    let progress = try restore()
    // The first rank writes only once all have read.
    try agree()
    let isResumed = progress != nil
    if !isResumed, folder.status != nil {
      policy.tell("\(folder.path): has no checkpoint yet, so it begins again")
    }
    // An end in minutes is never before the present.
    let isBeyond = job.share(after: 0) > 1
    if isResumed, isComplete, folder.status == .finished {
      if isBeyond {
        policy.tell(
          "\(folder.path): stands at step \(job.step), beyond that end, and is left as it is")
      }
      return try folder.summary()
    }
    guard !isBeyond else {
      throw Failure(.usage, "\(folder.path): stands at step \(job.step), beyond that end")
    }
    if let progress, ranks.isFirst {
      let metrics = record.metrics
      try metrics.truncate(
        to: progress.wholeIfSet("metrics_lines") ?? metrics.count(upTo: job.step))
      folder.forgetSamples(after: job.step)
    }
    if ranks.isFirst {
      try write()
      try folder.set(.running)
    }
    do {
      sessions.begin(at: job.step)
      if ranks.isFirst {
        try record.begin(after: isResumed ? job.step : nil, settings: origin.settings)
      }
      if !isResumed {
        isEvaluated = !job.isEvaluationDue
        try save()
      }
      return try work()
    } catch {
      throw try end(after: error)
    }
  }

  private var ranks: RankGroup { job.ranks }

  /// Within a piece several ranks are not stopped, but after it together.
  private var stop: StopCheck { ranks.count > 1 ? .never : policy.stop }

  private mutating func agree() throws {
    agreed = try ranks.pause(
      at: job.step, isStopRequested: ranks.count > 1 && policy.stop.isRequested(),
      seconds: sessions.seconds)
  }

  private var isComplete: Bool { share >= 1 }

  private mutating func work() throws -> JSON {
    var bar = ProgressBar(isQuiet: policy.isQuiet)
    defer { bar.clear() }
    bar.begin(at: share)
    if !isEvaluated { try evaluate(bar) }
    while !isComplete {
      if agreed.isStopRequested { throw Stopped() }
      try stop()
      let start = clock.now
      let line = try job.advance(stop)
      sessions.add((clock.now - start) / .seconds(1), step: job.step)
      try agree()
      if let line { try log(line.figures, tensors: line.tensors) }
      isEvaluated = !job.isEvaluationDue
      bar.update(share) { "\(place)  \(job.caption)  \(sessions.rate)" }
      if !isEvaluated { try evaluate(bar) }
      if isSaveDue { try save() }
    }
    return try finish(bar)
  }

  private var share: Double { job.share(after: agreed.seconds) }

  /// Where the run is, in words.
  private var place: String {
    "\(job.phase) \(job.step)" + (job.stepCount.map { " of \($0)" } ?? "")
  }

  private var isSaveDue: Bool {
    switch policy.checkpointEvery {
    case .seconds(let seconds): clock.now - lastSaved.time > .seconds(seconds)
    case .steps(let steps): job.step - lastSaved.step >= steps
    }
  }

  private mutating func evaluate(_ bar: ProgressBar) throws {
    let found = try job.evaluate(stop)
    try log(found.figures)
    tell(found.figures, bar)
    isEvaluated = true
    guard ranks.isFirst else { return }
    try record.draw()
    try record.keep(job.samples, at: job.step)
    if found.isBest { try save(to: folder.bestCheckpoint) }
  }

  private mutating func log(
    _ figures: [JSON.Member], tensors: [(name: String, tensor: Tensor)] = []
  ) throws {
    guard ranks.isFirst else { return }
    var line: [JSON.Member] = [.init("step", JSON(job.step))]
    if let epoch = job.epoch { line.append(.init("epoch", JSON(epoch))) }
    line.append(.init("seconds", JSON(rounded(sessions.seconds, 3))))
    if let rate = job.learningRate { line.append(.init("learning_rate", JSON(rate))) }
    try record.log(line + figures, tensors: tensors, at: job.step)
  }

  /// Says what an evaluation has found, where there is no terminal for a bar.
  private func tell(_ figures: [JSON.Member], _ bar: ProgressBar) {
    guard !policy.isQuiet, !ProgressBar.isTerminal else { return }
    let found = figures.compactMap { figure in
      figure.value.number.map { "\(Curves.words(figure.key)) \(rounded($0, 4))" }
    }
    let left = bar.timeLeft(share).map { ", \($0) left" } ?? ""
    policy.tell(
      "\(place), \(ProgressBar.percentage(share)): \(found.joined(separator: ", ")); \(sessions.rate)\(left)"
    )
  }

  /// Saves, measures the end, and leaves everything that a finished run has.
  ///
  /// The last evaluation comes after the checkpoint: a run that is made longer forgets it, unless
  /// its step is one to evaluate anyway.
  private mutating func finish(_ bar: ProgressBar) throws -> JSON {
    try save()
    var ended = job
    let last = job.isEvaluationDue ? nil : try ended.evaluate(stop)
    let figures = try ended.summary(stop)
    let summary = JSON.object([.init("run", JSON(folder.path))] + sessions.figures + figures)
    guard ranks.isFirst else { return summary }
    if let last {
      try log(last.figures)
      tell(last.figures, bar)
      if last.isBest, try !fileExists(folder.bestCheckpoint) { try save(to: folder.bestCheckpoint) }
    }
    try record.metrics.writeTable()
    try record.redraw()
    if let samples = try job.samples() { try record.write(samples, at: job.step, isEnd: true) }
    try folder.write(summary, to: "summary.json")
    try record.finish(figures, at: job.step)
    try sessions.write(to: folder, ending: .finished)
    try folder.set(.finished)
    return summary
  }

  /// Leaves the folder as one to go on from; returns what is to be thrown.
  ///
  /// The first error is told, also where the folder cannot be written any more.
  private mutating func end(after error: any Error) throws -> any Error {
    if error is Stopped {
      let failure = Failure(
        .interrupted, "interrupted at step \(job.step); \(policy.advice)")
      guard ranks.isFirst else { return failure }
      try save()
      try record.metrics.writeTable()
      try record.redraw()
      try record.flush()
      try sessions.write(to: folder, ending: .interrupted)
      try folder.set(.interrupted)
      return failure
    }
    defer {
      if ranks.isFirst { closeFailed() }
    }
    guard let reason = NotFinite(error) else { return error }
    // A figure of the present state that is not finite speaks against it, a loss or a gradient only
    // against the step that was not made.
    if reason.sparesState, job.firstNonFinite == nil { try save() }
    return Failure(
      .failedCheck,
      "\(reason.sentence); the state of step \(lastSaved.step) is kept in \(folder.lastCheckpoint)")
  }

  private mutating func closeFailed() {
    try? record.metrics.writeTable()
    try? record.redraw()
    try? record.flush()
    try? sessions.write(to: folder, ending: .failed)
    try? folder.set(.failed)
  }
}

/// An error about numbers that are not finite.
private struct NotFinite {
  let sentence: String
  /// Whether the state before the failed piece may still be good.
  let sparesState: Bool

  init?(_ error: any Error) {
    switch error {
    case let error as NonFiniteError: (sentence, sparesState) = ("\(error)", true)
    case let failure as Failure where failure.kind == .failedCheck:
      (sentence, sparesState) = (failure.description, false)
    default: return nil
    }
  }
}

// MARK: Checkpoints

extension Run {
  /// Metrics reach the disk before the checkpoint that counts them.
  private mutating func save() throws {
    if ranks.isFirst {
      try record.metrics.synchronize()
      try record.flush()
      try folder.keepPrevious()
      try save(to: folder.lastCheckpoint)
      try sessions.write(to: folder, ending: .running)
    }
    lastSaved = (job.step, clock.now)
  }

  private func save(to path: String) throws {
    var texts = origin.texts.merging(job.progress) { _, own in own }
    texts["step"] = String(job.step)
    texts["metrics_lines"] = String(try record.metrics.count())
    texts["evaluated"] = String(isEvaluated && job.isEvaluationDue)
    try Checkpoint.save(job, metadata: texts, to: path)
  }

  /// Takes up the last checkpoint, or the one before where the last is damaged or missing; `nil`
  /// where the run has not begun.
  private mutating func restore() throws -> SavedProgress? {
    guard let content = try lastContent() else {
      let lines = try record.metrics.count()
      guard lines == 0 else {
        throw Failure(
          .missingInput,
          "\(folder.lastCheckpoint): no checkpoint, though \(lines) lines of metrics stand in \(folder.path)"
        )
      }
      return nil
    }
    let progress = SavedProgress(content.metadata, of: content.path)
    // Other data can mean other shapes, so they are told of first.
    if let difference = try origin.check(progress, of: folder) { policy.tell(difference) }
    try content.restore(&job)
    try job.checkFinite(in: content.path)
    try job.restore(progress)
    // What was the end of a shorter run may be a state to evaluate within a longer one.
    isEvaluated = progress["evaluated"] == "true" || !job.isEvaluationDue
    lastSaved = (job.step, clock.now)
    return progress
  }

  private func lastContent() throws -> Checkpoint.Content? {
    let (last, previous) = (folder.lastCheckpoint, folder.previousCheckpoint)
    guard try fileExists(last) || fileExists(previous) else { return nil }
    let damage: FormatError
    do {
      return try Checkpoint.content(of: last)
    } catch {
      damage = error
    }
    guard try fileExists(previous) else { throw damage }
    let content = try Checkpoint.content(of: previous)
    let progress = SavedProgress(content.metadata, of: previous)
    policy.tell(
      "\(damage); going on from the checkpoint before, of step \(try progress.whole("step"))")
    return content
  }
}
