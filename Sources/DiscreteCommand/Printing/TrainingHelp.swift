import Experiments
import Runs

/// What the help of every training lists: optimizers and schedules.
enum TrainingHelp {
  static let text = """
    OPTIMIZERS
    \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

    SCHEDULES
    \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
    """
}

/// Lines of a list within help.
func indented(_ lines: [String]) -> String { lines.map { " " + $0 }.joined(separator: "\n") }
