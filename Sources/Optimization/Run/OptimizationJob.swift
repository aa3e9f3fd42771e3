import Formats
import Runs
import Tensors

/// The work of an optimization: it asks its optimizer, evaluates, and tells the values in the order
/// of the questions, so that the same values make the same run whenever they arrive.
///
/// Its state is the journal alone: taking it up means to ask the same questions again, which the
/// journal answers.
struct OptimizationJob: Job {
  private let plan: OptimizationPlan
  private var optimizer: BlackBoxOptimizer
  private var source: any CostSource
  private var journal: Journal
  /// Open questions in their order.
  private var queue: [BlackBoxOptimizer.Question] = []
  private var arrived: [Int: CostAnswer.Outcome] = [:]
  private var told = 0
  /// Why there is an end before the budget is spent.
  private var ending: String?
  private var failures = 0
  private var lastFailure: String?
  private let clock = ContinuousClock()

  private static let piece = Duration.milliseconds(50)

  /// - Throws: `SettingError` where the method does not fit the space, and what is wrong with the
  ///   journal.
  init(_ plan: OptimizationPlan, _ source: any CostSource, in folder: RunFolder) throws {
    self.plan = plan
    self.source = source
    optimizer = try plan.optimizer()
    journal = try Journal(in: folder, of: plan.problem, plan.space, isNoisy: plan.isNoisy)
  }

  var step: Int { told }
  var stepCount: Int? { plan.budget }
  var phase: String { "evaluation" }

  func share(after seconds: Double) -> Double {
    ending == nil ? Double(told) / Double(plan.budget) : 1
  }

  var caption: String { optimizer.best.map { "best \($0.value)" } ?? "" }

  /// Why the run ended.
  private var stopped: String { ending ?? "budget" }

  mutating func advance(_ stop: StopCheck) throws -> Observation? {
    let end = clock.now + OptimizationJob.piece
    repeat {
      guard try tellNext(stop) else { continue }
      return Observation(figures)
    } while clock.now < end && share(after: 0) < 1
    return nil
  }

  /// Tells the value of the oldest open question; returns whether it is a new best.
  private mutating func tellNext(_ stop: StopCheck) throws -> Bool {
    while queue.count < plan.lookahead, told + queue.count < plan.budget,
      let question = optimizer.ask()
    {
      queue.append(question)
      if let known = journal.outcome(of: question) {
        arrived[question.id] = known
      } else {
        source.submit(question.id, question.point, text: plan.space.text(question.point))
      }
    }
    guard let question = queue.first else {
      ending = optimizer.isExhausted ? "solved" : "converged"
      return false
    }
    while arrived[question.id] == nil {
      let answer = try source.next(stop)
      guard let point = queue.first(where: { $0.id == answer.id })?.point else { continue }
      try journal.add(answer.id, point, text: plan.space.text(point), answer.outcome)
      arrived[answer.id] = answer.outcome
    }
    queue.removeFirst()
    return tell(question, arrived.removeValue(forKey: question.id))
  }

  private mutating func tell(
    _ question: BlackBoxOptimizer.Question, _ outcome: CostAnswer.Outcome?
  ) -> Bool {
    told += 1
    if case .failed(let reason) = outcome {
      failures += 1
      lastFailure = reason
    }
    let best = optimizer.best
    optimizer.tell(question.point, outcome?.value)
    if let target = plan.target, let value = optimizer.best?.value,
      plan.isMaximized ? value >= target : value <= target
    {
      ending = "target"
    } else if optimizer.isExhausted {
      ending = "solved"
    } else if optimizer.isConverged {
      ending = "converged"
    }
    return optimizer.best != best
  }

  private var figures: [JSON.Member] {
    optimizer.best.map { [.init("best", JSON($0.value))] } ?? []
  }

  var isEvaluationDue: Bool { false }

  mutating func evaluate(_ stop: StopCheck) -> Runs.Evaluation { Runs.Evaluation(figures) }

  func summary(_ stop: StopCheck) throws -> [JSON.Member] {
    guard let best = optimizer.best else {
      let reason = lastFailure.map { ", the last for '\($0)'" } ?? ""
      throw Failure(
        .badData,
        "none of \(told) points has a value: \(failures) evaluations failed\(reason), the others cannot be"
      )
    }
    return best.members(in: plan.space) + [
      .init("evaluations", JSON(told)), .init("stopped", JSON(stopped)),
      .init("failures", JSON(failures)),
    ] + trials
  }

  /// What `auto` saw, a member of the summary where it was asked for.
  private var trials: [JSON.Member] {
    let rows = optimizer.trials.map { trial, best in
      [
        "method": JSON(trial.method), "evaluations": JSON(trial.evaluations),
        "best": best.map { JSON($0) } ?? .null, "chosen": .bool(trial.isChosen),
      ] as JSON
    }
    return rows.isEmpty ? [] : [.init(OptimizationResult.trials, .array(rows))]
  }

  // MARK: Checkpoints

  var progress: [String: String] { ending.map { ["ending": $0] } ?? [:] }

  mutating func restore(_ progress: SavedProgress) throws {
    let count = try progress.whole("step")
    guard journal.count >= count else {
      throw Failure(
        .badData,
        "\(Journal.name) has \(journal.count) results, expected the \(count) that the checkpoint counts"
      )
    }
    while told < count, ending == nil { _ = try tellNext(.never) }
    ending = progress["ending"]
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {}
}
