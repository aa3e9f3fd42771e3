import ArgumentParser
import Experiments
import Formats
import Runs
import Stochastics
import Tensors

/// Shows which estimators find the optimum of toys whose every state can be listed.
struct Toy: ParsableCommand, SharedVerb {
  static let configuration = CommandConfiguration(
    abstract: "Train one bit, or one order, by REINFORCE, REBAR and RELAX.",
    discussion: """
      The logit of one bit descends E[(b - t)²] from zero with Adam at 0.01; so do temperature, scale and critic, on the \
      variance of the gradient. A target near a half leaves almost no slope, and a noisy gradient ends at the wrong end.

      PROBLEMS
       bit            the RELAX paper's, with --target
       plackett-luce  log-scores of an order of --items items descend the squared distance of its matrix from one that is \
      almost flat and largest on the diagonal; beside a run by the exact gradient
      """)

  @Option(help: ArgumentHelp("bit or plackett-luce.", valueName: "name"))
  var problem = "bit"
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The target t, in (0, 1) but not a half. (default: 0.499)", valueName: "t"))
  var target: Double?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Items of an order, 2 to 8. (default: 8)", valueName: "n"))
  var items: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seeds, 1 to N. (default: 20 of a bit, 1 of an order)", valueName: "n"))
  var seeds: Int?
  @Option(parsing: .unconditional, help: ArgumentHelp("Steps of each.", valueName: "n"))
  var steps = 10_000
  @Option(
    help: ArgumentHelp("Write costs and variances over steps as SVG or PNG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print one JSON object per estimator.") var json = false

  func run() throws {
    try check("seeds", seeds ?? 1, in: 1...10_000)
    try check("steps", steps, in: 1...100_000_000)
    let picture = try figure.map(checkedPicture)
    let progress = VerbProgress()
    let results: [ToyResult]
    let title: String
    switch problem {
    case "bit":
      guard items == nil else {
        throw Failure(.usage, "items are of plackett-luce, not of bit")
      }
      let target = target ?? 0.499
      guard Scalar(target) > 0 && Scalar(target) < 1 && Scalar(target) != 0.5 else {
        throw Failure(.usage, "target is '\(target)', not in (0, 1) or a half")
      }
      results =
        try ToyStudy<Bernoulli>.bit(target: Scalar(target), steps: steps, seeds: seeds ?? 20)
        .results(over: Discrete.ranks, progress.report)
      title = "One bit, target \(target)"
    case "plackett-luce":
      guard target == nil else {
        throw Failure(.usage, "a target is of bit, not of plackett-luce")
      }
      let items = items ?? 8
      try check("items", items, in: 2...8)
      results =
        try ToyStudy<PlackettLuce>.order(items: items, steps: steps, seeds: seeds ?? 1)
        .results(over: Discrete.ranks, progress.report)
      title = "One order of \(items) items"
    default:
      throw Failure(
        .usage, unknown("problem", problem, among: ["bit", "plackett-luce"]))
    }
    progress.clear()
    if json {
      results.compactMap(\.json).forEach { print($0) }
    } else {
      ToyResult.text(of: results).forEach { print($0) }
    }
    if let picture { try write(ToyResult.chart(of: results, title: title).drawing(), to: picture) }
  }
}
