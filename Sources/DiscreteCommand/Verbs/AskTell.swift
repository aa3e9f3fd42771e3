import ArgumentParser
import Formats
import Optimization
import Runs

/// Asks a run whose values come from elsewhere for points.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a run of optimize --told for points to evaluate.",
    discussion: "Prints one JSON object a point, with id and point.")

  @Argument(help: ArgumentHelp("A folder that optimize --told made.", valueName: "run"))
  var path: String
  @Option(parsing: .unconditional, help: ArgumentHelp("Points at most.", valueName: "n"))
  var count = 1

  func run() throws {
    try check("count", count, in: 1...1_000_000)
    var dialog = try OptimizationDialog(path)
    for line in try dialog.ask(count) { print(line) }
  }
}

/// Tells a run the values of points.
struct Tell: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell a run of optimize --told the values of points, from standard input.",
    discussion: """
      Each line is a JSON object with id or point, and value, "infeasible": true, or "failed" with a reason; any order, also of points \
      that were never asked. The first value of a point counts. Prints the best so far.
      """)

  @Argument(help: ArgumentHelp("A folder that optimize --told made.", valueName: "run"))
  var path: String
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    var lines: [JSON] = []
    while let line = readLine() {
      do {
        lines.append(try JSON(parsing: line.utf8))
      } catch {
        throw Failure(.badData, "line \(lines.count + 1): not JSON: \(error)")
      }
    }
    var dialog = try OptimizationDialog(path)
    for warning in try dialog.tell(lines) { tell(warning) }
    print(json ? dialog.result.json.description : dialog.result.text)
  }
}
