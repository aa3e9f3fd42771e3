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
    for (name, value, most) in [("seeds", seeds ?? 1, 10_000), ("steps", steps, 100_000_000)] {
      guard value >= 1 && value <= most else {
        throw Failure(.usage, "\(name) is '\(value)', not a whole number from 1 to \(most)")
      }
    }
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
      guard items >= 2 && items <= 8 else {
        throw Failure(.usage, "items is '\(items)', not a whole number from 2 to 8")
      }
      results =
        try ToyStudy<PlackettLuce>.order(items: items, steps: steps, seeds: seeds ?? 1)
        .results(over: Discrete.ranks, progress.report)
      title = "One order of \(items) items"
    default:
      throw Failure(
        .usage, unknown("problem", problem, among: ["bit", "plackett-luce"]))
    }
    progress.clear()
    if !json {
      print("estimator   right end   expected cost   log10 variance at the end")
    }
    for result in results {
      guard let last = result.curve.last else { continue }
      if json {
        let line: JSON = [
          "estimator": JSON(result.name), "right": JSON(result.right), "seeds": JSON(result.runs),
          "cost": JSON(last.cost),
          "log10_variance": last.logVariance.isFinite ? JSON(last.logVariance) : .null,
        ]
        print(line)
      } else {
        print(
          padded(result.name, 12) + padded("\(result.right) of \(result.runs)", 12)
            + padded(decimal(last.cost, 6), 16)
            + (last.logVariance.isFinite ? decimal(last.logVariance, 2) : "-"))
      }
    }
    if let picture { try write(chart(results, title: title).drawing(), to: picture) }
  }

  private func chart(_ results: [ToyResult], title: String) -> LineChart {
    func panel(
      _ title: String, _ yLabel: String, _ value: (ToyResult, Int) -> Double
    ) -> LineChart.Panel {
      .init(
        title: title, xLabel: "steps", yLabel: yLabel,
        series: results.map { result in
          .init(
            name: result.name,
            points: result.curve.indices.map {
              (Double(result.curve[$0].step), value(result, $0))
            })
        })
    }
    return LineChart(
      title: title,
      panels: [
        panel("expected cost", "cost") { $0.curve[$1].cost },
        panel("variance of the gradient", "log10 of the variance") { $0.curve[$1].logVariance },
      ])
  }
}
