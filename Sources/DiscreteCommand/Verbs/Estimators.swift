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
        print(object(entry))
      } else if name == nil {
        print(padded(entry.name, 20) + entry.summary)
      } else {
        show(entry)
      }
    }
  }

  private func show(_ entry: EstimatorEntry) {
    print("\(entry.usage)\n\(entry.summary)\n")
    for option in entry.options {
      print(
        padded("option", 13) + padded("\(option.key)=\(option.standard)", 26) + option.range)
    }
    print(padded("requires", 13) + entry.requirement)
    for use in entry.uses {
      let calls = use.calls.map { "\($0) call\($0 == 1 ? "" : "s")" } ?? "calls as drawn"
      print(padded("fits", 13) + padded(use.law, 20) + padded(use.bias.rawValue, 10) + calls)
    }
    print(padded("when", 13) + entry.advice)
    print(padded("pages", 13) + entry.pages.joined(separator: ", "))
  }

  private func object(_ entry: EstimatorEntry) -> JSON {
    [
      "name": JSON(entry.name), "summary": JSON(entry.summary),
      "options": .array(
        entry.options.map {
          ["key": JSON($0.key), "default": JSON($0.standard), "range": JSON($0.range)]
        }),
      "requires": JSON(entry.requirement),
      "fits": .array(
        entry.uses.map {
          [
            "law": JSON($0.law), "bias": JSON($0.bias.rawValue),
            "calls": $0.calls.map { JSON($0) } ?? .null, "is_black_box": .bool($0.isBlackBox),
          ]
        }),
      "advice": JSON(entry.advice), "pages": .array(entry.pages.map { JSON($0) }),
    ]
  }
}
