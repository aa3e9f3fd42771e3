import Formats
import Tensors

/// Runs of one model side by side: those that differ in their seeds alone are one group.
public struct RunComparison: Sendable {
  /// The quantity of the horizontal axis.
  public enum Axis: String, CaseIterable, Sendable { case steps, seconds }

  /// Runs of equal settings but for their seeds.
  public struct Group: Sendable {
    /// The settings in which it differs from the other groups.
    public let name: String
    public let runs: [ListedRun]
    /// The compared figure where all runs have it, over their means.
    public let points: [(step: Int, seconds: Double, value: Double, half: Double)]

    /// The last of the points that all runs have; `nil` where there is none.
    public var last: (step: Int, seconds: Double, value: Double, half: Double)? { points.last }
  }

  /// The key of the compared figure.
  public let figure: String
  /// Keys that the metrics of all runs have, by how much they tell.
  public let common: [String]
  public let groups: [Group]

  /// Compares runs, one at least.
  ///
  /// - Parameter figure: a key of their metrics; `nil` for the one that tells most and all have.
  /// - Throws: `Failure` of kind `usage` for runs of different models or a figure that some have
  ///   not, of kind `badData` where no figure is common.
  public init(_ runs: [ListedRun], figure: String? = nil) throws {
    guard let first = runs.first else { throw Failure(.usage, "a comparison of no runs") }
    if let other = runs.first(where: { $0.model != first.model }) {
      throw Failure(
        .usage,
        "\(other.folder.path): a run of '\(other.model ?? "")', but \(first.folder.path) is one of '\(first.model ?? "")'"
      )
    }
    let own = runs.map { $0.curves.shown.flatMap(\.curves).map(\.name) }
    let shared = own[0].filter { key in own.allSatisfy { $0.contains(key) } }
    let headlines = ListedRun.headlines.filter(shared.contains)
    let rest = shared.filter { !headlines.contains($0) }
    common =
      headlines + rest.filter { !$0.hasPrefix("batch_") } + rest.filter { $0.hasPrefix("batch_") }
    self.figure = try RunComparison.figure(of: runs, keys: own, common: common, named: figure)
    var kinds: [(settings: JSON, runs: [ListedRun])] = []
    for run in runs {
      let settings = RunComparison.settings(of: run)
      if let place = kinds.firstIndex(where: { $0.settings == settings }) {
        kinds[place].runs.append(run)
      } else {
        kinds.append((settings, [run]))
      }
    }
    let differing = RunComparison.differing(kinds.map(\.settings))
    let key = self.figure
    groups = kinds.map { settings, runs in
      let names = differing.map { name in
        let value = (settings[name] ?? .null).typed
        return differing.count == 1 ? value : "\(name) \(value)"
      }
      return Group(
        name: names.isEmpty ? first.model ?? "run" : names.joined(separator: ", "), runs: runs,
        points: RunComparison.points(of: key, in: runs))
    }
  }

  private static func figure(
    of runs: [ListedRun], keys: [[String]], common: [String], named name: String?
  ) throws -> String {
    if let name {
      if let place = keys.firstIndex(where: { !$0.contains(name) }) {
        throw Failure(
          .usage,
          "\(runs[place].folder.path): its metrics have no '\(name)'; all runs have \(common.isEmpty ? "no figure" : common.joined(separator: ", "))"
        )
      }
      return name
    }
    guard let best = common.first else {
      throw Failure(.badData, "\(runs[0].folder.path): no figure is in the metrics of all runs")
    }
    return best
  }

  /// The settings that differ; a setting that all runs share says nothing.
  private static func settings(of run: ListedRun) -> JSON {
    guard case .object(let members) = run.settings else { return .null }
    return .object(members.filter { $0.key != "seed" })
  }

  private static func differing(_ settings: [JSON]) -> [String] {
    var keys: [String] = []
    for case .object(let members) in settings {
      for member in members where !keys.contains(member.key) { keys.append(member.key) }
    }
    return keys.filter { key in settings.contains { $0[key] != settings[0][key] } }
  }

  private static func points(
    of key: String, in runs: [ListedRun]
  ) -> [(step: Int, seconds: Double, value: Double, half: Double)] {
    let curves = runs.map { $0.curves[key]?.points ?? [] }
    // Of two lines of one step the later one counts.
    let places = curves.map { points in
      Dictionary(points.map { ($0.step, $0) }, uniquingKeysWith: { $1 })
    }
    let steps = Set(curves[0].map(\.step)).sorted()
    return steps.compactMap { step in
      let points = places.compactMap { $0[step] }
      guard points.count == runs.count else { return nil }
      let interval = MeanInterval(points.map(\.value))
      let seconds = points.reduce(0.0) { $0 + ($1.seconds ?? 0) } / Double(points.count)
      return (step, seconds, interval.mean, interval.half)
    }
  }

  /// The curves of the groups, with 95 % intervals over seeds as bands.
  public func chart(over axis: Axis) -> LineChart {
    let count = groups.reduce(0) { $0 + $1.runs.count }
    return panel(over: axis).chart(titled: "\(Curves.words(figure)) of \(count) runs")
  }

  func panel(over axis: Axis) -> LineChart.Panel {
    let values = groups.flatMap(\.points).map(\.value)
    let isLogarithmic = Curves.family(of: figure) == "variance" && values.allSatisfy { $0 > 0 }
    return LineChart.Panel(
      title: Curves.words(figure), xLabel: axis == .steps ? "steps" : "seconds of training",
      yLabel: Curves.unit(of: Curves.family(of: figure)),
      y: isLogarithmic ? .logarithmic : .linear,
      series: groups.map { group in
        let isRepeated = group.runs.count > 1
        let points = group.points.map { point in
          (x: axis == .steps ? Double(point.step) : point.seconds, y: point.value)
        }
        let band = group.points.map { ($0.value - $0.half, $0.value + $0.half) }
        return .init(
          name: isRepeated ? "\(group.name), \(group.runs.count) runs" : group.name,
          points: isRepeated ? points : Curves.thinned(points), band: isRepeated ? band : [])
      })
  }
}
