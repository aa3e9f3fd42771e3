import Experiments
import Formats
import Runs
import TestSupport

/// Runs of small models on small images with a bar.
struct BarRuns {
  let data: String

  /// Calls `body` with a folder and the data in it.
  static func with<R>(_ body: (String, BarRuns) throws -> R) throws -> R {
    try withTemporaryFolder { root in
      let runs = BarRuns(data: "\(root)/data")
      try makeBars(at: runs.data)
      return try body(root, runs)
    }
  }

  /// Settings of an experiment: batches of nine, what is given as `key=value`.
  func settings<Work: Experiment>(_: Work.Type, _ texts: [String]) throws -> Settings {
    var settings = Settings(Work.settings)
    try settings.set("data", to: data, from: .commandLine)
    try settings.set("batch-size", to: "9", from: .commandLine)
    for text in texts {
      let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
      try settings.set(pair[0], to: pair[1], from: .commandLine)
    }
    return settings
  }

  func launch<Work: Experiment>(
    _: Work.Type, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) -> Launch<Work> {
    Launch(policy: RunPolicy(isQuiet: true, stop: .never, tell: tell), environment: .null)
  }

  /// Trains in a folder; returns the summary.
  @discardableResult
  func train<Work: Experiment>(
    _ work: Work.Type, in path: String, _ texts: String...
  ) throws -> JSON {
    try launch(work).begin(settings(work, texts), in: path)
  }
}
