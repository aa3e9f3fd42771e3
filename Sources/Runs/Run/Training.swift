public import Formats
public import Learning
public import Tensors

/// A model, how its loss is made and how it is measured: all that differs between two trainings.
public protocol TrainingTask: Sendable {
  associatedtype Model: Parameterized & Sendable

  /// The scalar loss of a step, counted from zero, on one shard of its batch.
  ///
  /// Data and noise are functions of the step, of the shard and of `noise`, which is a function of
  /// seed, step and shard. The loss is the mean over the shard's examples.
  func loss(
    of model: inout Model, at step: Int, in shard: Shard, using noise: inout Philox
  ) throws -> Tensor

  /// By how much a shard counts in the mean over the batch: the number of its examples.
  func weight(of shard: Shard, at step: Int) -> Int

  /// The figures of an evaluation.
  ///
  /// - Parameters:
  ///   - loss: the mean of the losses since the last evaluation.
  ///   - step: updates so far.
  func evaluate(_ model: Model, loss: Double, at step: Int, _ stop: StopCheck) throws
    -> MeasuredState

  /// The figures of steps of training, every so many of them.
  ///
  /// - Parameter loss: the mean of the losses since these figures were logged before.
  func figures(loss: Double) -> [JSON.Member]

  /// Steps that visit all data once, `nil` where every step draws fresh ones.
  var stepsPerEpoch: Int? { get }

  /// More figures every so many steps, where the training asks for them.
  func diagnose(_ model: Model, at step: Int, _ stop: StopCheck) throws -> [JSON.Member]

  /// Notes on the model in every checkpoint, such as the size of its images, for whoever loads it.
  var notes: [String: String] { get }

  /// The text of the progress bar for a moving average of the loss.
  func caption(loss: Double) -> String

  /// The figures of the end, for `summary.json`.
  func summary(of model: Model, _ course: Course, _ stop: StopCheck) throws -> [JSON.Member]

  /// A picture or texts to look at, `nil` for none: equal models make equal ones.
  func samples(of model: Model) throws -> Samples?
}

extension TrainingTask {
  public func weight(of shard: Shard, at step: Int) -> Int { 1 }
  public func figures(loss: Double) -> [JSON.Member] { [.init("batch_loss", JSON(loss))] }
  public var stepsPerEpoch: Int? { nil }
  public func diagnose(_ model: Model, at step: Int, _ stop: StopCheck) throws -> [JSON.Member] {
    []
  }
  public var notes: [String: String] { [:] }
  public func caption(loss: Double) -> String { "loss \(rounded(loss, 3))" }
  public func summary(of model: Model, _ course: Course, _ stop: StopCheck) throws -> [JSON.Member]
  { [] }
  public func samples(of model: Model) throws -> Samples? { nil }
}

/// The figures of an evaluation and what the best checkpoint is chosen by.
public struct MeasuredState: Sendable {
  public let figures: [JSON.Member]
  /// The larger the better; `nil` where nothing is chosen.
  public let score: Double?

  public init(_ figures: [JSON.Member], score: Double? = nil) {
    self.figures = figures
    self.score = score
  }
}

/// How a training has gone so far.
public struct Course: Sendable, Equatable {
  /// The sum of the losses since the last evaluation, and their number.
  fileprivate(set) var sum = 0.0
  fileprivate(set) var count = 0.0
  /// The same since training figures were logged.
  fileprivate(set) var unlogged = (sum: 0.0, count: 0.0)
  /// The mean of the losses before the last evaluation.
  fileprivate(set) var lastMean: Double?
  /// The best score of an evaluation, and its step.
  public fileprivate(set) var best: (score: Double, step: Int)?
  /// Evaluations since the best one.
  public fileprivate(set) var sinceBest = 0

  /// The mean of the latest losses: up to the last evaluation, or before the first one so far.
  public var loss: Double { lastMean ?? mean }

  fileprivate var mean: Double { sum / max(count, 1) }

  public static func == (a: Course, b: Course) -> Bool { a.texts == b.texts }
}

/// When a training ends.
public enum TrainingLength: Sendable, Equatable {
  case steps(Int)
  /// Minutes of work, which evaluations and saving do not count to.
  case minutes(Double)
}

/// The job of descending the loss of a task.
public struct Training<Task: TrainingTask, Rule: Optimizer>: Job {
  public let task: Task
  public private(set) var trainer: Trainer<Task.Model, Rule>
  public private(set) var course = Course()
  private let length: TrainingLength
  private let evaluateEvery: Int
  private let logEvery: Int
  private let diagnoseEvery: Int?
  private let patience: Int?
  private var sharding: Sharding
  private let noise: Philox
  /// A moving average for the eye only.
  private var smooth: Double?

  /// A training that begins.
  ///
  /// - Parameters:
  ///   - seed: of the noise of all steps.
  ///   - evaluateEvery: steps between two evaluations; traps unless positive.
  ///   - logEvery: steps between two lines of training figures; traps unless positive.
  ///   - diagnoseEvery: steps between two diagnoses, which also keep histograms of the trained
  ///     tensors and their gradients; `nil` for none.
  ///   - patience: evaluations without a better score after which it ends; `nil` for any number.
  ///   - shards: into how many parts the batch of a step is cut, a power of two.
  public init(
    _ task: Task, _ trainer: Trainer<Task.Model, Rule>, seed: UInt64, length: TrainingLength,
    evaluateEvery: Int, logEvery: Int = 50, diagnoseEvery: Int? = nil, patience: Int? = nil,
    shards: Int = 1
  ) {
    require(
      evaluateEvery > 0 && logEvery > 0,
      "an evaluation every \(evaluateEvery) steps, figures every \(logEvery)")
    self.task = task
    self.trainer = trainer
    self.length = length
    self.evaluateEvery = evaluateEvery
    self.logEvery = logEvery
    self.diagnoseEvery = diagnoseEvery
    self.patience = patience
    sharding = Sharding(shards)
    noise = Philox(seed: seed, stream: .steps)
  }

  public var ranks: RankGroup { sharding.ranks }

  public mutating func spread(over ranks: RankGroup) throws {
    sharding = try sharding.spread(over: ranks)
  }

  public var step: Int { trainer.step }

  public var stepCount: Int? { if case .steps(let steps) = length { steps } else { nil } }

  public var epoch: Int? { task.stepsPerEpoch.map { step / $0 } }

  public var learningRate: Double? {
    trainer.learningRate * trainer.schedule.factor(at: step)
  }

  public func share(after seconds: Double) -> Double {
    if let patience, course.sinceBest >= patience { return 1 }
    return switch length {
    case .steps(let steps): Double(step) / Double(steps)
    case .minutes(let minutes): seconds / (minutes * 60)
    }
  }

  public var caption: String { smooth.map { task.caption(loss: $0) } ?? "" }

  public mutating func advance(_ stop: StopCheck) throws -> Observation? {
    let before = isDue(diagnoseEvery, at: step + 1) ? self : nil
    do {
      return try descend(stop)
    } catch {
      // A diagnosis is stopped or fails after the step that it belongs to.
      if let before { self = before }
      throw error
    }
  }

  private mutating func descend(_ stop: StopCheck) throws -> Observation? {
    let (task, step, noise) = (task, step, noise)
    let loss = Double(
      try trainer.descend(in: sharding, weight: { task.weight(of: $0, at: step) }) { model, shard in
        try Training.loss(of: &model, task, at: step, in: shard, noise)
      })
    course.add(loss)
    smooth = smooth.map { 0.99 * $0 + 0.01 * loss } ?? loss
    var observed = Observation(isDue(logEvery) ? task.figures(loss: course.takeUnlogged()) : [])
    if isDue(diagnoseEvery) {
      observed.figures += try task.diagnose(trainer.model, at: self.step, stop)
      observed.tensors = weightsAndGradients()
    }
    return observed.figures.isEmpty && observed.tensors.isEmpty ? nil : observed
  }

  /// Every trained tensor and its gradient in the next step, without gradients where the loss
  /// fails, of which that step itself will tell.
  private func weightsAndGradients() -> [(name: String, tensor: Tensor)] {
    func trained(_ model: Task.Model, _ kind: String) -> [(name: String, tensor: Tensor)] {
      model.namedParameters().filter { $0.role == .trained }.map {
        ("\(kind)/\($0.name)", $0.tensor)
      }
    }
    let found = try? trainer.gradient(in: sharding, weight: { task.weight(of: $0, at: step) }) {
      try Training.loss(of: &$0, task, at: step, in: $1, noise)
    }
    return trained(trainer.model, "weights") + (found.map { trained($0, "gradients") } ?? [])
  }

  private static func loss(
    of model: inout Task.Model, _ task: Task, at step: Int, in shard: Shard, _ noise: Philox
  ) throws -> Tensor {
    var own = shard.noise(of: noise.folding(UInt64(step)))
    return try task.loss(of: &model, at: step, in: shard, using: &own)
  }

  private func isDue(_ every: Int?) -> Bool { isDue(every, at: step) }

  private func isDue(_ every: Int?, at step: Int) -> Bool {
    every.map { step > 0 && step.isMultiple(of: $0) } ?? false
  }

  public var isEvaluationDue: Bool { isDue(evaluateEvery) }

  public mutating func evaluate(_ stop: StopCheck) throws -> Evaluation {
    let found = try task.evaluate(trainer.model, loss: course.mean, at: step, stop)
    for figure in found.figures {
      if let value = figure.value.number, !value.isFinite {
        let name = figure.key.map { $0 == "_" ? " " : String($0) }.joined()
        throw Failure(
          .failedCheck,
          "the \(name) is \(spelled(value)) at step \(step)")
      }
    }
    return Evaluation(found.figures, isBest: course.end(at: step, score: found.score))
  }

  public func summary(_ stop: StopCheck) throws -> [JSON.Member] {
    try task.summary(of: trainer.model, course, stop)
  }

  public func samples() throws -> Samples? { try task.samples(of: trainer.model) }

  public var progress: [String: String] { task.notes.merging(course.texts) { _, own in own } }

  public mutating func restore(_ progress: SavedProgress) throws(FormatError) {
    course = try Course(progress)
    trainer.resume(at: try progress.whole("step"))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    trainer.visitParameters(&visitor)
  }
}

extension Course {
  fileprivate mutating func add(_ loss: Double) {
    sum += loss
    count += 1
    unlogged.sum += loss
    unlogged.count += 1
  }

  /// The mean of the losses that no training figure counts yet, which are counted by it.
  fileprivate mutating func takeUnlogged() -> Double {
    defer { unlogged = (0, 0) }
    return unlogged.sum / max(unlogged.count, 1)
  }

  /// Begins another stretch of losses; returns whether the score is the best so far.
  fileprivate mutating func end(at step: Int, score: Double?) -> Bool {
    lastMean = mean
    (sum, count) = (0, 0)
    guard let score else { return false }
    if let best, score <= best.score {
      sinceBest += 1
      return false
    }
    best = (score, step)
    sinceBest = 0
    return true
  }

  /// Texts from which the same course comes back bit for bit.
  fileprivate var texts: [String: String] {
    var result = [
      "sum": "\(sum)", "count": "\(count)", "since_best": "\(sinceBest)",
      "unlogged_sum": "\(unlogged.sum)", "unlogged_count": "\(unlogged.count)",
    ]
    result["last_mean"] = lastMean.map { "\($0)" }
    result["best_score"] = best.map { "\($0.score)" }
    result["best_step"] = best.map { "\($0.step)" }
    return result
  }

  fileprivate init(_ progress: SavedProgress) throws(FormatError) {
    sum = try progress.numberIfSet("sum") ?? 0
    count = try progress.numberIfSet("count") ?? 0
    unlogged = (
      try progress.numberIfSet("unlogged_sum") ?? 0,
      try progress.numberIfSet("unlogged_count") ?? 0
    )
    lastMean = try progress.numberIfSet("last_mean")
    sinceBest = try progress.wholeIfSet("since_best") ?? 0
    if let score = try progress.numberIfSet("best_score"),
      let step = try progress.wholeIfSet("best_step")
    {
      best = (score, step)
    }
  }
}
