import ArgumentParser
import Formats
import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs that have been made: what there are, how they compare, and away with them.
struct RunsVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List, show, compare and remove runs.",
    subcommands: [List.self, Show.self, Compare.self, Remove.self])

  /// Tells what could not be read of runs that have been shown; throws for the last of it.
  static func checkDamages(of runs: [ListedRun]) throws(Failure) {
    let damages = runs.flatMap(\.damages)
    for damage in damages.dropLast() { tell("discrete: \(damage)") }
    if let damage = damages.last { throw Failure(.badData, damage) }
  }

  private static func figure(_ run: ListedRun) -> String {
    run.figure.map { "\(measured($0.value)) \($0.name)" } ?? "-"
  }
}

extension RunsVerb {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the runs in a folder and those below it.",
      discussion: """
        The status is running, finished, interrupted, failed, or lost where the process of a running one is gone. The figure is \
        that of the end or of the last evaluation.
        """)

    @Argument(help: ArgumentHelp("A folder. (default: runs)", valueName: "folder"))
    var path = "runs"
    @Flag(help: "Print one JSON object per run.") var json = false

    func run() throws {
      let runs = try ListedRun.all(in: path)
      if json {
        for run in runs { print(run.json) }
        return try RunsVerb.checkDamages(of: runs)
      }
      let rows =
        [["run", "model", "status", "step", "seconds", "figure", "estimator"]]
        + runs.map { run in
          [
            escaped(run.folder.path), run.model ?? "-", run.status?.rawValue ?? "-", "\(run.step)",
            decimal(run.seconds, 1), RunsVerb.figure(run), run.estimator ?? "-",
          ]
        }
      printTable(rows)
      try RunsVerb.checkDamages(of: runs)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a run is, what was set for it, and how far it is.")

    @Argument(help: ArgumentHelp("A run folder.", valueName: "run")) var path: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
      let run = try ListedRun(opening: path)
      let overrides = (try? run.folder.read("overrides.json")) ?? .null
      let environment = (try? run.folder.read("environment.json")) ?? .null
      let last = Dictionary(
        run.lines.flatMap { line -> [(String, JSON)] in
          guard case .object(let members) = line else { return [] }
          return members.map { ($0.key, $0.value) }
        }, uniquingKeysWith: { $1 })
      if json {
        guard case .object(let members) = run.json else { return }
        let figures = last.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) }
        print(
          JSON.object(
            members + [
              .init("settings", run.settings), .init("overrides", overrides),
              .init("environment", environment), .init("latest", .object(figures)),
              .init("summary", run.summary),
            ]))
        return try RunsVerb.checkDamages(of: [run])
      }
      print("run         \(escaped(run.folder.path))")
      print("status      \(run.status?.rawValue ?? "not begun")")
      print("step        \(run.step) in \(decimal(run.seconds, 1)) s")
      printMembers(of: run.settings, "settings", marking: overrides)
      printMembers(of: environment, "environment")
      let figures = last.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) }
      printMembers(of: .object(figures), "latest figures")
      printMembers(of: run.summary, "summary")
      try RunsVerb.checkDamages(of: [run])
    }

    /// Prints an object, a member a line; those that another object has too are marked.
    private func printMembers(of object: JSON, _ title: String, marking other: JSON = .null) {
      guard case .object(let members) = object, !members.isEmpty else { return }
      print("\n\(title)" + (other == .null ? "" : ", * set by the user"))
      let width = (members.map(\.key.count).max() ?? 0) + 2
      for member in members where member.value != .null {
        let mark = other[member.key] == nil ? "  " : "* "
        let words = member.key == "command" ? member.value.array : nil
        let text = words?.map(\.typed).joined(separator: " ") ?? member.value.typed
        print(mark + padded(member.key, width) + escaped(text))
      }
    }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare the curves of runs of one model.",
      discussion: """
        Runs that differ in their seeds alone are one group, of which the mean and its 95 % interval are shown. Groups are named \
        by the settings in which they differ.
        """)

    @Argument(help: ArgumentHelp("Run folders, or folders with runs.", valueName: "runs"))
    var paths: [String]
    @Option(
      help: ArgumentHelp(
        "A key of their metrics. (default: the one that tells most)", valueName: "name"))
    var key: String?
    @Option(help: ArgumentHelp("steps or seconds.", valueName: "axis")) var over = "steps"
    @Option(help: ArgumentHelp("Write the curves as SVG.", valueName: "file")) var figure: String?
    @Flag(help: "Print one JSON object per group.") var json = false

    func run() throws {
      guard let axis = RunComparison.Axis(rawValue: over) else {
        throw Failure(
          .usage, unknown("axis", over, among: RunComparison.Axis.allCases.map(\.rawValue)))
      }
      if let figure { try checkCreatable(figure) }
      let runs = try paths.flatMap { try ListedRun.all(in: $0) }
      let comparison = try RunComparison(runs, figure: key)
      if json {
        for group in comparison.groups { print(line(group, comparison.figure)) }
      } else {
        printTable(
          [["group", "runs", "step", "seconds", comparison.figure]]
            + comparison.groups.map { group in
              let value = group.last.map {
                measured($0.value, within: group.runs.count > 1 ? $0.half : nil)
              }
              return [
                group.name, "\(group.runs.count)", group.last.map { "\($0.step)" } ?? "-",
                group.last.map { decimal($0.seconds, 1) } ?? "-", value ?? "-",
              ]
            })
      }
      if let figure {
        try atomicWrite(Array(comparison.chart(over: axis).svg().utf8), to: figure)
        if !json { print("\(figure)   \(comparison.figure) over \(over)") }
      }
      try RunsVerb.checkDamages(of: runs)
    }

    private func line(_ group: RunComparison.Group, _ figure: String) -> JSON {
      [
        "group": JSON(group.name), "runs": .array(group.runs.map { JSON($0.folder.path) }),
        "figure": JSON(figure), "step": group.last.map { JSON($0.step) } ?? .null,
        "seconds": group.last.map { JSON($0.seconds) } ?? .null,
        "value": group.last.map { JSON($0.value) } ?? .null,
        "interval": group.last.map { JSON($0.half) } ?? .null,
      ]
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove the folders of runs, none of which is running.")

    @Argument(help: ArgumentHelp("Run folders.", valueName: "runs")) var paths: [String]
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "Print one JSON object per run that was removed.") var json = false

    func run() throws {
      let runs = try paths.map { try ListedRun(opening: $0) }
      if let running = runs.first(where: { $0.status == .running }) {
        throw Failure(.cannotCreate, "\(running.folder.path): is running, and is not removed")
      }
      if !yes {
        guard isatty(STDIN_FILENO) == 1 else {
          throw Failure(.usage, "--yes is needed to remove runs where nobody can be asked")
        }
        for run in runs {
          tell(
            "\(run.folder.path), \(run.model ?? "-"), \(run.status?.rawValue ?? "not begun"), step \(run.step)"
          )
        }
        tell("remove \(runs.count == 1 ? "this run" : "these \(runs.count) runs")? y/N")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else { return }
      }
      for run in runs {
        try run.folder.remove()
        if json {
          print(["removed": JSON(run.folder.path)] as JSON)
        } else {
          print("removed \(escaped(run.folder.path))")
        }
      }
    }
  }
}

/// Prints rows, the first of which are titles, in columns as wide as they need.
private func printTable(_ rows: [[String]]) {
  let widths = (rows.first ?? []).indices.map { column in
    (rows.map { $0[column].count }.max() ?? 0) + 2
  }
  for row in rows {
    let line = zip(row, widths).map { padded($0, $1) }.joined()
    print(String(line.reversed().drop { $0 == " " }.reversed()))
  }
}
