import Experiments
import Formats
import Learning
import Models
import Runs

/// What `eval` does with the run of a sorter: both accuracies on test sequences.
struct SorterEvaluation {
  let folder: RunFolder
  let checkpoint: CheckpointChoice
  /// Other data than the run's own.
  let data: String?

  func run() throws -> (JSON, [String]) {
    let configuration = try SorterConfiguration(of: folder)
    let own = try SorterData(configuration, named: data)
    let path = checkpoint.path(in: folder)
    let found = try configuration.withSorter(
      size: own.size, SorterTest(configuration: configuration, data: own, path: path))
    let json: JSON = [
      "sequences": JSON(found.sequences), "exact": JSON(found.exact),
      "elementwise": JSON(found.elementwise),
    ]
    return (
      json,
      [
        "sequences        \(found.sequences)",
        "exact            \(decimal(found.exact, 4)) of sequences sorted whole",
        "elementwise      \(decimal(found.elementwise, 4)) of places right",
      ]
    )
  }
}

private struct SorterTest: SorterTask {
  let configuration: SorterConfiguration
  let data: SorterData
  let path: String

  func run<Scorer: ItemScorer, Objective: SortingObjective>(
    _ sorter: Sorter<Scorer, Objective>
  ) throws -> SortingAccuracy {
    var sorter = sorter
    _ = try Checkpoint.restore(&sorter, from: path, ignoring: ["optimizer"])
    try sorter.checkFinite(in: path)
    return try accuracy(of: sorter, on: data.test, of: configuration, .test)
  }
}
