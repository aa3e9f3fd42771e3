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

  /// Prints lines that quote what files and folders say.
  private static func show(_ lines: [String]) { lines.forEach { print(escaped($0)) } }
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
        runs.forEach { print($0.json) }
      } else {
        RunsVerb.show(ListedRun.table(of: runs).lines)
      }
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
      let details = RunDetails(run)
      if json { print(details.json) } else { RunsVerb.show(details.lines) }
      try RunsVerb.checkDamages(of: [run])
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
        comparison.groups.forEach { print(comparison.json(of: $0)) }
      } else {
        RunsVerb.show(comparison.table.lines)
      }
      if let figure {
        try atomicWrite(Array(comparison.chart(over: axis).svg().utf8), to: figure)
        if !json { print("\(figure)   \(comparison.figure) over \(over)") }
      }
      try RunsVerb.checkDamages(of: runs)
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
