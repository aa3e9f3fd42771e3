public import Formats
public import Runs

/// Begins and resumes runs of an optimization.
public struct OptimizationLaunch: Sendable {
  private let policy: RunPolicy

  /// - Parameter policy: how runs are watched and saved.
  public init(policy: RunPolicy = RunPolicy()) { self.policy = policy }

  /// Begins a run in a new folder, whose name is made up without a path; returns its summary.
  ///
  /// - Parameter problem: the cost in place of the one that the plan names.
  public func begin(
    _ plan: OptimizationPlan, in path: String?, problem: (any Problem)? = nil
  ) throws -> JSON {
    if let path { try RunFolder.refuseExisting(path) }
    let source = try source(of: plan, problem)
    // A method that does not fit is found before the folder is made.
    _ = try plan.optimizer()
    let folder =
      try path.map { try RunFolder(creating: $0) }
      ?? RunFolder.create(for: OptimizationPlan.model)
    try folder.write(RunEnvironment.json, to: "environment.json")
    try folder.write(plan.json, to: "config.json")
    return try drive(plan, source, in: folder)
  }

  /// Goes on with the run in a folder, or leaves a finished one as it is; returns its summary.
  ///
  /// - Parameter budget: the evaluations that the run is now to have; `nil` for as many as before.
  public func resume(
    _ path: String, budget: Int? = nil, problem: (any Problem)? = nil
  ) throws -> JSON {
    let folder = try RunFolder(opening: path)
    var plan = try OptimizationPlan(of: folder)
    plan.budget = budget ?? plan.budget
    return try drive(plan, try source(of: plan, problem), in: folder)
  }

  private func source(
    of plan: OptimizationPlan, _ problem: (any Problem)?
  ) throws -> any CostSource {
    if let problem { return ProblemCost(problem) }
    return try plan.source(tell: policy.tell)
  }

  private func drive(
    _ plan: OptimizationPlan, _ source: any CostSource, in folder: RunFolder
  ) throws -> JSON {
    var policy = policy
    policy.advice = "continue with: discrete optimize --resume \(folder.path)"
    let job = try OptimizationJob(plan, source, in: folder)
    guard case .object(let members) = plan.json else { return .null }
    let origin = Origin(settings: .object(members.filter { $0.key != "budget" }))
    var run = try Run(job, in: folder, origin: origin, policy: policy)
    return try run.drive { try folder.write(plan.json, to: "config.json") }
  }
}
