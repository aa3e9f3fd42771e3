import Experiments
import Runs

/// The optimizers and schedules that the help of every training lists.
enum TrainingHelp {
  static let text = """
    OPTIMIZERS
    \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

    SCHEDULES
    \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
    """

  /// The estimators of latents with their options, and `auto`.
  static func estimators(isBlackBox: Bool) -> [String] {
    EstimatorCatalogue.ofLatents(isBlackBox: isBlackBox).flatMap { [$0.usage, "  " + $0.summary] }
      + [EstimatorCatalogue.auto, "  One of these, chosen by measuring."]
  }
}

/// Lines of a list within help.
func indented(_ lines: [String]) -> String { lines.map { " " + $0 }.joined(separator: "\n") }
