import ArgumentParser
import Formats
import Optimization
import Runs

/// Searches for the point of the lowest cost, where the cost is any program.
struct Optimize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Find the best bits, classes, order, subset, matching or tree for any program as the cost.",
    discussion: """
      A program is started once for each worker with --command, and answers the lines it reads, id TAB point, with id TAB number; or \
      once for each point with --exec, and writes its value on its last line. Bits are written 0101, classes 3,0,2, an order or a \
      matching 4,0,1, a subset 2,7,9, and a tree as the next vertex towards vertex 0 from each other one. The first line that a worker \
      reads is a JSON header.

      EXAMPLES
       discrete optimize --bits 64 --command './cost' --budget 5000 --workers 4 --out run
       discrete optimize --order 30 --exec './tour.sh {}' --budget 2000 --out tours
       discrete optimize --bits 30 --problem labs --budget 100000

      METHODS: \(SearchMethod.direct.map(\.key).joined(separator: ", ")), and black-box estimators, as in reinforce:samples=20,rate=0.3.
      PROBLEMS: \(ProblemCatalogue.ofBits.joined(separator: ", ")); with a file, which gives the space, as in tsp:FILE: \
      \(ProblemCatalogue.ofFiles.joined(separator: ", ")).
      """)

  @OptionGroup var options: OptimizeFlags
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A variable, place or item that is fixed; may be repeated.", valueName: "i=v"))
  var fix: [String] = []
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
    let request = try OptimizationRequest(options.given, fixed: fix)
    let launch = OptimizationLaunch(policy: RunPolicy(isQuiet: quiet, tell: { tell($0) }))
    let summary: JSON
    if let resume {
      summary = try launch.resume(resume, budget: request.budget(resuming: resume))
    } else if try request.isTold {
      return print(try OptimizationDialog.begin(request.plan(), in: out).path)
    } else {
      summary = try launch.begin(request.plan(), in: out)
    }
    let result = OptimizationResult(summary)
    guard json else { return print(result.text) }
    for method in result.methods { print(method) }
    print(result.json)
  }
}

/// The space, the cost and the search.
struct OptimizeFlags: SettingOptions {
  @Option(OptimizationSettings.bits) var bits: String?
  @Option(OptimizationSettings.classes) var classes: String?
  @Option(OptimizationSettings.order) var order: String?
  @Option(OptimizationSettings.top) var top: String?
  @Option(OptimizationSettings.subset) var subset: String?
  @Option(OptimizationSettings.matching) var matching: String?
  @Option(OptimizationSettings.tree) var tree: String?
  @Option(OptimizationSettings.space) var space: String?
  @Option(OptimizationSettings.command) var command: String?
  @Option(OptimizationSettings.exec) var exec: String?
  @Option(OptimizationSettings.problem) var problem: String?
  @Flag(OptimizationSettings.told) var told: Bool?
  @Flag(OptimizationSettings.shell) var shell: Bool?
  @Flag(OptimizationSettings.maximize) var maximize: Bool?
  @Flag(OptimizationSettings.noisy) var noisy: Bool?
  @Option(OptimizationSettings.method) var method: String?
  @Option(OptimizationSettings.budget) var budget: String?
  @Option(OptimizationSettings.seed) var seed: String?
  @Option(OptimizationSettings.workers) var workers: String?
  @Option(OptimizationSettings.batch) var batch: String?
  @Option(OptimizationSettings.timeOut) var timeOut: String?
  @Option(OptimizationSettings.start) var start: String?
  @Option(OptimizationSettings.target) var target: String?
}
