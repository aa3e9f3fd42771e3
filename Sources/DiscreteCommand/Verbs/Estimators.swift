import ArgumentParser
import Experiments
import Formats
import Runs
import Stochastics

/// The estimators with names, and what each takes and gives.
struct Estimators: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List estimators, or show one: options, bias, calls of the cost, when to take it.",
    discussion: """
      EXAMPLES
       discrete estimators
       discrete estimators disarm
      """)

  @Argument(help: "An estimator's name; all without one.") var name: String?
  @Flag(help: "Print one JSON object per estimator.") var json = false

  func run() throws {
    let entries = try name.map { name in
      guard let entry = EstimatorCatalogue[name] else {
        throw Failure(
          .usage, unknown("estimator", name, among: EstimatorCatalogue.all.map(\.name)))
      }
      return [entry]
    }
    for entry in entries ?? EstimatorCatalogue.all {
      if json {
        print(entry.json)
      } else if name == nil {
        print(padded(entry.name, 20) + entry.summary)
      } else {
        entry.card.forEach { print($0) }
      }
    }
  }
}
