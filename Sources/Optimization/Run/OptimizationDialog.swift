public import Formats
public import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A run whose values come from elsewhere: points are asked for and values told, by one process
/// after another.
///
/// The journal has both, and each process replays it: so what is asked depends on the seed and the
/// order of the lines alone.
public struct OptimizationDialog: Sendable {
  private let folder: RunFolder
  private let lock: RunLock
  private let plan: OptimizationPlan
  private var optimizer: BlackBoxOptimizer
  private let path: String

  /// Makes the folder of a run whose values will be told.
  public static func begin(_ plan: OptimizationPlan, in path: String?) throws -> RunFolder {
    if let path { try RunFolder.refuseExisting(path) }
    _ = try plan.optimizer()
    let folder =
      try path.map { try RunFolder(creating: $0) }
      ?? RunFolder.create(for: OptimizationPlan.model)
    try append(Array("\(plan.problem)\n".utf8), to: folder.file(Journal.name))
    try folder.write(RunEnvironment.json, to: "environment.json")
    try folder.write(plan.json, to: "config.json")
    try folder.set(.interrupted)
    return folder
  }

  /// Opens the run in a folder, which no other process may write meanwhile.
  public init(_ path: String) throws {
    folder = try RunFolder(opening: path)
    plan = try OptimizationPlan(of: folder)
    guard plan.cost == .told else {
      throw Failure(.usage, "\(path): has a cost of its own; optimize --resume goes on with it")
    }
    lock = try OptimizationDialog.waitForLock(of: folder)
    optimizer = try plan.optimizer()
    self.path = folder.file(Journal.name)
    for (number, line) in try Journal.lines(self.path, of: plan.problem) {
      do {
        try replay(line)
      } catch {
        throw FormatError(.malformed, "\(self.path): line \(number): \(error)")
      }
    }
  }

  /// The lock of a folder, once other dialogs have ended, which take a moment.
  private static func waitForLock(of folder: RunFolder) throws -> RunLock {
    for _ in 0..<mostWaits {
      if let lock = try? RunLock(folder) { return lock }
      usleep(10_000)
    }
    return try RunLock(folder)
  }

  /// Hundredths of a second that are waited for a lock.
  private static let mostWaits = 1000

  private mutating func replay(_ line: JSON) throws {
    guard let text = line["point"]?.string else { throw SpaceError("it has no point") }
    let point = try plan.space.point(of: text)
    if let outcome = CostAnswer.Outcome(line) {
      optimizer.tell(point, outcome.value)
    } else if let question = optimizer.ask(), question.point != point {
      throw SpaceError("'\(text)' is not what this seed and method ask there")
    }
  }

  /// Number of points with a value.
  public var evaluations: Int { optimizer.evaluations }

  /// The next points, as lines of JSON with an id and a point; fewer where the budget, the space or
  /// the method has no more before it is told values.
  public mutating func ask(_ count: Int) throws -> [JSON] {
    var lines: [JSON] = []
    while lines.count < count, optimizer.evaluations + optimizer.openCount < plan.budget,
      let question = optimizer.ask()
    {
      lines.append(
        ["id": JSON(question.id), "point": JSON(plan.space.text(question.point))])
    }
    try record(lines)
    return lines
  }

  /// Tells values, in any order: each line has an `id` or a `point`, and a `value`, `"infeasible":
  /// true`, or `"failed"` with a reason.
  ///
  /// Points that were never asked are welcome. The first value of a point counts, and sentences
  /// about later ones are returned; noisy values all count. Nothing is told where a line is wrong.
  public mutating func tell(_ lines: [JSON]) throws -> [String] {
    var (told, warnings): ([JSON], [String]) = ([], [])
    var next = optimizer
    for (index, line) in lines.enumerated() {
      do {
        let point = try point(of: line)
        guard let outcome = CostAnswer.Outcome(line) else {
          throw SpaceError("no value, infeasible or failed")
        }
        let text = plan.space.text(point)
        guard next.tell(point, outcome.value) else {
          warnings.append("line \(index + 1): point \(text) has a value already, which stays")
          continue
        }
        told.append(.object([.init("point", JSON(text)), outcome.member]))
      } catch {
        throw Failure(.badData, "line \(index + 1): \(error)")
      }
    }
    try record(told)
    optimizer = next
    return warnings
  }

  private func point(of line: JSON) throws -> Point {
    if let text = line["point"]?.string { return try plan.space.point(of: text) }
    guard let id = line["id"]?.whole(in: 0...JSON.mostWhole) else {
      throw SpaceError("neither a point nor an id")
    }
    guard let point = optimizer.point(of: id) else { throw SpaceError("id \(id) is not open") }
    return point
  }

  private func record(_ lines: [JSON]) throws {
    guard !lines.isEmpty else { return }
    try append(Array(lines.map { "\($0)\n" }.joined().utf8), to: path)
    try synchronize(path)
  }

  /// The state as it is printed.
  public var result: OptimizationResult {
    let best = optimizer.best
    let stopped = optimizer.isExhausted ? "solved" : evaluations >= plan.budget ? "budget" : nil
    return OptimizationResult(
      .object(
        (best?.members(in: plan.space) ?? []) + [
          .init("evaluations", JSON(evaluations)),
          .init("stopped", stopped.map { JSON($0) } ?? .null),
          .init("run", JSON(folder.path)),
        ]))
  }
}
