import Formats
public import Runs

/// All that decides a run of an optimization.
public struct OptimizationPlan: Sendable {
  public var space: SearchSpace
  public var cost: CostChoice
  /// Whether the program of the cost is a text for a shell.
  public var usesShell = false
  public var isMaximized = false
  /// Whether values differ from call to call.
  public var isNoisy = false
  public var method: SearchMethod
  /// Evaluations at most.
  public var budget: Int
  /// Evaluations by which schedules are measured: the budget that the run began with.
  public var horizon: Int
  public var seed: UInt64 = 1
  public var workers = 1
  /// Points a worker is asked at once, `nil` for one after another.
  public var batch: Int?
  /// Seconds that an answer may take, `nil` for any number.
  public var timeOut: Double?
  public var start: Point?
  /// A value at which the run ends.
  public var target: Double?

  /// A plan with the default method, without programs of its own: `SpaceError` and `SettingError`
  /// do not come from it.
  public init(_ space: SearchSpace, _ cost: CostChoice, method: SearchMethod, budget: Int) {
    self.space = space
    self.cost = cost
    self.method = method
    self.budget = budget
    horizon = budget
  }

  /// The kind of run, as its folder says.
  public static let model = "optimize"

  /// Questions that are open at once: twice as many as are worked on, and one more for each worker,
  /// so that none waits for another one's answer.
  var lookahead: Int {
    let busy = workers * (batch ?? 1)
    return busy == 1 ? 1 : 2 * busy + workers
  }

  /// Values of which problem the run collects.
  var problem: JSON {
    .object([
      .init("version", 1), .init("space", JSON(space.description)),
      .init(cost.named.key, JSON(cost.named.text)), .init("maximize", .bool(isMaximized)),
      .init("noisy", .bool(isNoisy)),
    ])
  }

  /// What the folder keeps.
  var json: JSON {
    func optional(_ key: String, _ value: JSON?) -> [JSON.Member] {
      value.map { [.init(key, $0)] } ?? []
    }
    return .object(
      [
        .init("model", JSON(OptimizationPlan.model)), .init("space", space.json),
        .init(cost.named.key, JSON(cost.named.text)), .init("shell", .bool(usesShell)),
        .init("maximize", .bool(isMaximized)), .init("noisy", .bool(isNoisy)),
        .init("method", JSON(method.text)),
        .init("budget", JSON(budget)), .init("horizon", JSON(horizon)),
        .init("seed", JSON(Double(seed))), .init("workers", JSON(workers)),
      ] + optional("batch", batch.map { JSON($0) }) + optional("time_out", timeOut.map { JSON($0) })
        + optional("start", start.map { JSON(space.text($0)) })
        + optional("target", target.map { JSON($0) }))
  }

  /// The plan of a run folder.
  ///
  /// - Throws: `Failure` of kind `badConfiguration` that names the file.
  public init(of folder: RunFolder) throws {
    let json = try folder.read("config.json")
    guard json["model"]?.string == OptimizationPlan.model else {
      throw Failure(.usage, "\(folder.path): not a run of optimize")
    }
    do {
      try self.init(json)
    } catch {
      throw Failure(.badConfiguration, "\(folder.file("config.json")): \(error)")
    }
  }

  private init(_ json: JSON) throws {
    let whole = 1...JSON.mostWhole
    let choices: [(String, (String) -> CostChoice)] = [
      ("command", CostChoice.command), ("exec", CostChoice.exec), ("problem", CostChoice.problem),
    ]
    let cost =
      json["told"] == nil
      ? choices.compactMap { key, make in json[key]?.string.map(make) }.first : .told
    guard let cost, let method = json["method"]?.string,
      let budget = json["budget"]?.whole(in: whole),
      let horizon = json["horizon"]?.whole(in: whole),
      let seed = json["seed"]?.whole(in: 0...JSON.mostWhole),
      let workers = json["workers"]?.whole(in: whole)
    else { throw SpaceError("not the plan of an optimization") }
    self.init(
      try SearchSpace(json["space"] ?? .null), cost, method: try SearchMethod(method),
      budget: budget)
    self.horizon = horizon
    (self.seed, self.workers) = (UInt64(seed), workers)
    (usesShell, isMaximized) = (json["shell"] == true, json["maximize"] == true)
    isNoisy = json["noisy"] == true
    batch = json["batch"]?.whole(in: whole)
    (timeOut, target) = (json["time_out"]?.number, json["target"]?.number)
    start = try json["start"]?.string.map { (text) throws(SpaceError) in try space.point(of: text) }
  }
}

extension OptimizationPlan {
  /// The optimizer of the plan.
  ///
  /// - Throws: `Failure` of kind `usage` where the method does not fit the space.
  func optimizer() throws(Failure) -> BlackBoxOptimizer {
    do throws(SettingError) {
      return try BlackBoxOptimizer(
        space, method: method, seed: seed, horizon: horizon, isMaximized: isMaximized,
        isNoisy: isNoisy, start: start)
    } catch {
      throw Failure(.usage, error.description)
    }
  }

  /// The source of the values.
  ///
  /// - Parameter tell: tells the user something.
  func source(tell: @escaping @Sendable (String) -> Void) throws -> any CostSource {
    switch cost {
    case .command(let text):
      let header: JSON = [
        "version": 1, "space": JSON(space.description), "maximize": .bool(isMaximized),
      ]
      return CommandCost(
        try Program(text, throughShell: usesShell),
        CommandCost.Options(workers: workers, batch: batch, timeOut: timeOut),
        header: header.description, tell: tell)
    case .exec(let text):
      return ExecCost(
        try Program(text, throughShell: usesShell), workers: workers, timeOut: timeOut)
    case .told:
      throw Failure(.usage, "the values of this run are told: use discrete ask and discrete tell")
    case .problem(let name):
      return ProblemCost(try ProblemCatalogue.make(name, over: space))
    }
  }
}
