import Formats
import Runs

/// An optimization in the words of a command line, from which its plan is made.
public struct OptimizationRequest: Sendable {
  public var bits: String?
  public var classes: String?
  public var order: String?
  public var top: String?
  public var subset: String?
  /// The file of a space of several parts.
  public var spaceFile: String?
  /// Values that are fixed, as in `3=1`, or `name:3=1` in a space of several parts.
  public var fixed: [String] = []
  public var command: String?
  public var exec: String?
  public var problem: String?
  /// Whether values are told from outside.
  public var isTold = false
  public var usesShell = false
  public var isMaximized = false
  public var method: String?
  public var budget: Int?
  public var seed: UInt64 = 1
  public var workers = 1
  public var batch: Int?
  public var timeOut: Double?
  public var start: String?
  public var target: Double?

  public init() {}

  /// The plan that is asked for.
  ///
  /// - Throws: `Failure` of kind `usage` for what cannot be, and what is wrong with a file.
  public func plan() throws -> OptimizationPlan {
    do {
      return try checkedPlan()
    } catch let error as SpaceError {
      throw Failure(.usage, error.description)
    } catch let error as SettingError {
      throw Failure(.usage, error.description)
    }
  }

  private func checkedPlan() throws -> OptimizationPlan {
    let cost = try cost()
    guard let budget else {
      throw Failure(.usage, "--budget is missing, the number of evaluations")
    }
    try checkRange("budget", budget, 1...JSON.mostWhole)
    try checkRange("workers", workers, 1...OptimizationPlan.mostWorkers)
    if let batch { try checkRange("batch", batch, 1...OptimizationPlan.mostBatch) }
    if let timeOut, !(timeOut > 0 && timeOut.isFinite) {
      throw Failure(.usage, "time-out is '\(timeOut)', not a positive number of seconds")
    }
    guard seed <= UInt64(JSON.mostWhole) else {
      throw Failure(.usage, "seed is '\(seed)', not a whole number from 0 to \(JSON.mostWhole)")
    }
    let space = try fixing(try space())
    var plan = OptimizationPlan(
      space, cost, method: try SearchMethod(method ?? SearchMethod.standard), budget: budget)
    (plan.usesShell, plan.isMaximized, plan.seed) = (usesShell, isMaximized, seed)
    (plan.workers, plan.batch, plan.timeOut, plan.target) = (workers, batch, timeOut, target)
    if case .problem(let name) = cost {
      guard !isMaximized else {
        throw Failure(.usage, "--maximize is for a cost of your own; \(name) knows its direction")
      }
      plan.isMaximized = try ProblemCatalogue.make(name, over: space).isMaximized
    }
    plan.start = try start.map { (text) throws(SpaceError) in
      do throws(SpaceError) {
        return try space.point(of: text)
      } catch {
        throw SpaceError("start: \(error)")
      }
    }
    return plan
  }

  private func checkRange(
    _ name: String, _ value: Int, _ range: ClosedRange<Int>
  ) throws(Failure) {
    guard range.contains(value) else {
      throw Failure(
        .usage,
        "\(name) is '\(value)', not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  private func cost() throws(Failure) -> CostChoice {
    let given = [
      command.map(CostChoice.command), exec.map(CostChoice.exec), problem.map(CostChoice.problem),
      isTold ? .told : nil,
    ].compactMap(\.self)
    guard given.count == 1 else {
      throw Failure(
        .usage,
        "\(given.isEmpty ? "no" : "more than one") cost given, expected one of --command, --exec, --problem, --told"
      )
    }
    guard batch == nil || command != nil else { throw Failure(.usage, "--batch is for --command") }
    guard !usesShell || problem == nil else {
      throw Failure(.usage, "--shell is for --command and --exec")
    }
    return given[0]
  }

  private func space() throws -> SearchSpace {
    let isNamed = [bits, classes, order, top, subset, spaceFile].contains { $0 != nil }
    if let problem, !isNamed { return try ProblemCatalogue.make(problem, over: nil).space }
    guard let path = spaceFile else {
      return try SearchSpace(
        SpacePart.Kind(bits: bits, classes: classes, order: order, top: top, subset: subset))
    }
    guard [bits, classes, order, top, subset].allSatisfy({ $0 == nil }) else {
      throw Failure(.usage, "--space stands in place of --bits, --classes, --order and --subset")
    }
    let json = try JSON(file: path)
    do throws(SpaceError) {
      return try SearchSpace(json)
    } catch {
      throw Failure(.badConfiguration, "\(path): \(error)")
    }
  }

  /// The space with what is fixed on the command line.
  private func fixing(_ space: SearchSpace) throws -> SearchSpace {
    var values = space.parts.map(\.fixed)
    for text in fixed {
      let sides = text.split(separator: "=", omittingEmptySubsequences: false)
      let places = sides[0].split(separator: ":", omittingEmptySubsequences: false)
      let name = places.count == 2 ? String(places[0]) : ""
      guard sides.count == 2, places.count <= 2,
        let place = places.last?.whole(in: 0...Int(Int32.max)),
        let value = sides[1].whole(in: 0...Int(Int32.max))
      else { throw SpaceError("fix is '\(text)', expected place=value, or part:place=value") }
      guard let part = space.parts.firstIndex(where: { $0.name == name }) else {
        throw SpaceError("fix is '\(text)': the space has no part '\(name)'")
      }
      values[part][place] = Int32(value)
    }
    var parts: [SpacePart] = []
    for (part, fixed) in zip(space.parts, values) {
      parts.append(try SpacePart(name: part.name, part.kind, fixed: fixed))
    }
    return try SearchSpace(parts)
  }
}
