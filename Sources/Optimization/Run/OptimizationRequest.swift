import Formats
import Runs

/// An optimization in the words of a command line, from which its plan is made.
public struct OptimizationRequest: Sendable {
  private typealias Known = OptimizationSettings

  private var settings = Settings(OptimizationSettings.all)
  /// Values that are fixed, as in `3=1`, or `name:3=1` in a space of several parts.
  private let fixed: [String]

  /// - Parameter given: keys of `OptimizationSettings` with their texts.
  /// - Throws: `Failure` of kind `usage` for an unknown key.
  public init(_ given: [(key: String, text: String)], fixed: [String] = []) throws {
    self.fixed = fixed
    for (key, text) in given { try settings.set(key, to: text, from: .commandLine) }
  }

  /// Whether values are told from outside.
  public var isTold: Bool { get throws { try settings[Known.told] } }

  /// The budget of a run that is taken up; `nil` for the one it has.
  ///
  /// - Throws: `Failure` of kind `usage` where more is asked for.
  public func budget(resuming path: String) throws -> Int? {
    let keys = OptimizationSettings.all.map(\.key).filter(settings.isSet)
    guard fixed.isEmpty, keys.allSatisfy({ $0 == Known.budget.key }) else {
      throw Failure(
        .usage, "--resume goes on with the settings of \(path); only --budget may differ")
    }
    return try settings[ifSet: Known.budget]
  }

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
    guard let budget = try settings[ifSet: Known.budget] else {
      throw Failure(.usage, "--budget is missing, the number of evaluations")
    }
    let space = try fixing(try space())
    var plan = OptimizationPlan(
      space, cost, method: try SearchMethod(settings[Known.method]), budget: budget)
    (plan.usesShell, plan.isMaximized) = (try settings[Known.shell], try settings[Known.maximize])
    (plan.seed, plan.workers) = (try settings[Known.seed], try settings[Known.workers])
    (plan.batch, plan.isNoisy) = (try settings[ifSet: Known.batch], try settings[Known.noisy])
    plan.timeOut = try settings[ifSet: Known.timeOut]
    plan.target = try settings[ifSet: Known.target]
    if case .problem(let name) = cost {
      guard !plan.isMaximized else {
        throw Failure(.usage, "--maximize is for a cost of your own; \(name) knows its direction")
      }
      plan.isMaximized = try ProblemCatalogue.make(name, over: space).isMaximized
    }
    plan.start = try settings[ifSet: Known.start].map { (text) throws(SpaceError) in
      do throws(SpaceError) {
        return try space.point(of: text)
      } catch {
        throw SpaceError("start: \(error)")
      }
    }
    return plan
  }

  private func cost() throws -> CostChoice {
    let choices = [
      try settings[ifSet: Known.command].map(CostChoice.command),
      try settings[ifSet: Known.exec].map(CostChoice.exec),
      try settings[ifSet: Known.problem].map(CostChoice.problem), try isTold ? .told : nil,
    ]
    let given = choices.compactMap(\.self)
    guard given.count == 1 else {
      throw Failure(
        .usage,
        "\(given.isEmpty ? "no" : "more than one") cost given, expected one of --command, --exec, --problem, --told"
      )
    }
    guard !settings.isSet(Known.batch.key) || settings.isSet(Known.command.key) else {
      throw Failure(.usage, "--batch is for --command")
    }
    guard try !settings[Known.shell] || !settings.isSet(Known.problem.key) else {
      throw Failure(.usage, "--shell is for --command and --exec")
    }
    return given[0]
  }

  private func space() throws -> SearchSpace {
    let keys = [
      Known.bits, Known.classes, Known.order, Known.top, Known.subset, Known.matching, Known.tree,
    ].map(\.key)
    let isKindGiven = keys.contains(where: settings.isSet)
    guard let path = try settings[ifSet: Known.space] else {
      if !isKindGiven, let problem = try settings[ifSet: Known.problem] {
        return try ProblemCatalogue.make(problem, over: nil).space
      }
      return try SearchSpace(SpacePart.Kind { settings[$0] })
    }
    guard !isKindGiven else {
      throw Failure(.usage, "--space stands in place of --bits, --order and the other spaces")
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
