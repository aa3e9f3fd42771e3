import Formats
import Runs

/// The summary that runs of models of images print at their end.
enum BoundReport {
  static let headline = [(key: "train_bound", name: "train bound"), ("test_bound", "test bound")]

  static func show(_ summary: JSON) {
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { decimal($0, places) } ?? "-"
    }
    let path = summary["run"]?.string ?? ""
    print(
      "steps            \(figure("steps", 0)) in \(figure("seconds", 1)) s, \(figure("steps_per_second", 0)) per second"
    )
    if let objective = summary["objective"]?.string {
      print(
        "descended        \(objective), \(figure("train_objective", 2)) nats of training images")
    }
    for (key, name) in headline { print(padded(name, 17) + "\(figure(key, 2)) nats") }
    if summary["best_validation_bound"]?.number != nil {
      print(
        "validation bound \(figure("best_validation_bound", 2)) nats at best, at step \(figure("best_step", 0))"
      )
    }
    if summary["test_accuracy"] != nil {
      print("test accuracy    \(figure("test_accuracy", 4))")
    }
    print("run              \(path)")
    print("picture          \(path)/samples/final.png")
  }
}
