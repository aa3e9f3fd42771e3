import ArgumentParser
import Formats
import Runs
import Tensors

/// Which estimators find the right end of the RELAX paper's toy.
struct Toy: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one bit on the RELAX paper's toy with REINFORCE, REBAR and RELAX.",
    discussion: """
      The logit of one bit descends E[(b - t)²] from zero with Adam at 0.01; so do temperature, scale and critic, on the \
      variance of the gradient. A target near a half leaves almost no slope, and a noisy gradient ends at the wrong end.
      """)

  @Option(parsing: .unconditional, help: "The target t, in (0, 1) but not a half.")
  var target = 0.499
  @Option(parsing: .unconditional, help: ArgumentHelp("Seeds, 1 to N.", valueName: "n"))
  var seeds = 20
  @Option(parsing: .unconditional, help: ArgumentHelp("Steps of each.", valueName: "n"))
  var steps = 10_000
  @Option(help: ArgumentHelp("Write costs and variances over steps as SVG.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print one JSON object per estimator.") var json = false

  func run() throws {
    guard target > 0 && target < 1 && target != 0.5 else {
      throw CommandFailure(.usage, "target is '\(target)', not in (0, 1) or a half")
    }
    for (name, value, most) in [("seeds", seeds, 10_000), ("steps", steps, 100_000_000)] {
      guard value >= 1 && value <= most else {
        throw CommandFailure(.usage, "\(name) is '\(value)', not a whole number from 1 to \(most)")
      }
    }
    let results = ToyStudy(target: Scalar(target), steps: steps, seeds: seeds).results()
    if !json {
      print("estimator   right end   expected cost   log10 variance at the end")
    }
    for result in results {
      guard let last = result.curve.last else { continue }
      if json {
        let line: JSON = [
          "estimator": JSON(result.name), "right": JSON(result.right), "seeds": JSON(seeds),
          "cost": JSON(last.cost), "log10_variance": JSON(last.logVariance),
        ]
        print(line)
      } else {
        print(
          padded(result.name, 12) + padded("\(result.right) of \(seeds)", 12)
            + padded("\(rounded(last.cost, 6))", 16) + "\(rounded(last.logVariance, 2))")
      }
    }
    if let figure { try atomicWrite(Array(chart(results).svg().utf8), to: figure) }
  }

  private func chart(_ results: [ToyStudy.Result]) -> LineChart {
    func panel(_ title: String, _ value: (ToyStudy.Result, Int) -> Double) -> LineChart.Panel {
      .init(
        title: title, xLabel: "steps",
        series: results.map { result in
          .init(
            name: result.name,
            points: result.curve.indices.map {
              (Double(result.curve[$0].step), value(result, $0))
            })
        })
    }
    return LineChart(
      title: "One bit, target \(target), mean of \(seeds) seeds",
      panels: [
        panel("expected cost") { $0.curve[$1].cost },
        panel("log10 of the gradient's variance") { $0.curve[$1].logVariance },
      ])
  }
}
