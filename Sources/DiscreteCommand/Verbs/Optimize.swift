import ArgumentParser
import Formats
import Optimization
import Runs

/// Searches for the point of the lowest cost, where the cost is any program.
struct Optimize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the best bits, classes, order or subset for any program as the cost.",
    discussion: """
      A program is started once for each worker with --command, and answers the lines it reads, id TAB point, with id TAB number; or \
      once for each point with --exec, and writes its value on its last line. Bits are written 0101, classes 3,0,2, an order 4,0,1, a \
      subset 2,7,9. The first line that a worker reads is a JSON header.

      EXAMPLES
       discrete optimize --bits 64 --command './cost' --budget 5000 --workers 4 --out run
       discrete optimize --order 30 --exec './tour.sh {}' --budget 2000 --out tours
       discrete optimize --bits 30 --problem labs --budget 100000

      METHODS: \(SearchMethod.direct.map(\.key).joined(separator: ", ")), and black-box estimators, as in reinforce:samples=20,rate=0.3.
      PROBLEMS: \(ProblemCatalogue.ofBits.map(\.key).joined(separator: ", ")); with a file, which gives the space, as in tsp:FILE: \
      \(ProblemCatalogue.ofFiles.map(\.key).joined(separator: ", ")).
      """)

  @Option(parsing: .unconditional, help: ArgumentHelp("So many bits.", valueName: "n"))
  var bits: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Variables of some classes each, as in 4x10.", valueName: "nxk"))
  var classes: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("An order of so many items.", valueName: "n"))
  var order: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The first places of an order alone.", valueName: "k"))
  var top: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("k of n items, as in 3/10.", valueName: "k/n"))
  var subset: String?
  @Option(help: ArgumentHelp("A JSON file of a space of several parts.", valueName: "file"))
  var space: String?
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A variable, place or item that is fixed; may be repeated.", valueName: "i=v"))
  var fix: [String] = []
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A program that answers lines with lines.", valueName: "program"))
  var command: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A program for one point, in place of {} or behind the last word.", valueName: "program"))
  var exec: String?
  @Option(help: ArgumentHelp("A built-in cost.", valueName: "name"))
  var problem: String?
  @Flag(help: "Make a run whose values come from elsewhere, by discrete ask and discrete tell.")
  var told = false
  @Flag(help: "Give the program to a shell.") var shell = false
  @Flag(help: "Seek the largest value.") var maximize = false
  @Option(help: ArgumentHelp("A method of search. (default: local)", valueName: "name"))
  var method: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Evaluations at most.", valueName: "n"))
  var budget: Int?
  @Option(parsing: .unconditional, help: "What the proposals are drawn from.")
  var seed: UInt64 = 1
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Programs that run at a time.", valueName: "n"))
  var workers = 1
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Points a worker is given at once, with an empty line.", valueName: "n"))
  var batch: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What an answer may take. (default: any time)", valueName: "seconds"))
  var timeOut: Double?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("A point to begin with.", valueName: "point"))
  var start: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("A value at which to end.", valueName: "value"))
  var target: Double?
  @Option(
    help: ArgumentHelp(
      "The run folder to make. (default: the date, in runs/optimize)", valueName: "folder"))
  var out: String?
  @Option(
    help: ArgumentHelp(
      "Continue the run in this folder; with another --budget, up to there.", valueName: "run"))
  var resume: String?
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "No progress, neither a bar nor lines.") var quiet = false

  func run() throws {
    guard out != "" else { throw Failure(.usage, "--out is empty, expected a folder") }
    Interruption.listen()
    if told, resume == nil {
      return print(try OptimizationDialog.begin(request.plan(), in: out).path)
    }
    let launch = OptimizationLaunch(policy: RunPolicy(isQuiet: quiet, tell: { tell($0) }))
    let summary =
      if let resume {
        try launch.resume(resume, budget: budget)
      } else {
        try launch.begin(request.plan(), in: out)
      }
    let result = OptimizationResult(summary)
    guard json else { return print(result.text) }
    for method in result.methods { print(method) }
    print(result.json)
  }

  private var request: OptimizationRequest {
    var request = OptimizationRequest()
    (request.bits, request.classes, request.order, request.top) = (bits, classes, order, top)
    (request.subset, request.spaceFile, request.fixed) = (subset, space, fix)
    (request.command, request.exec, request.problem) = (command, exec, problem)
    (request.isTold, request.usesShell) = (told, shell)
    (request.isMaximized, request.method) = (maximize, method)
    (request.budget, request.seed, request.workers, request.batch) = (budget, seed, workers, batch)
    (request.timeOut, request.start, request.target) = (timeOut, start, target)
    return request
  }
}
