import ArgumentParser
import Formats
import Runs

/// Runs on one page.
struct ReportVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a page about runs, to look at and to hand on.",
    discussion: """
      One HTML file that needs no network: curves, samples over time, the noise of gradients, estimators side by side, settings \
      and where they came from, environment. Every figure can be taken along as SVG, as data, and as a description for Vega-Lite.
      """)

  @Argument(help: ArgumentHelp("Run folders, or folders with runs.", valueName: "runs"))
  var paths: [String]
  @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out = "report.html"

  func run() throws {
    try checkCreatable(out)
    let runs = try paths.flatMap { try ListedRun.all(in: $0) }
    try atomicWrite(Array(Report(runs).page().utf8), to: out)
    print("\(out)   \(runs.count) run\(runs.count == 1 ? "" : "s")")
    try RunsVerb.checkDamages(of: runs)
  }
}
