import ArgumentParser
import CKernels
import Runs

/// Where a run is recorded, where its settings come from, how it is watched, and what it prints.
struct RunFlags: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The run folder to make. (default: the date, in runs/MODEL)", valueName: "folder"))
  var out: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Continue the run in this folder as if it had never stopped; with another length, up to there.",
      valueName: "run"))
  var resume: String?
  @OptionGroup var sources: SettingSources
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Train with seeds 1 to N, and print means with 95 % intervals; again, what is finished is left alone.",
      valueName: "n"))
  var seeds: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds between checkpoints, or steps, as in 500steps. (default: 20)", valueName: "time"))
  var checkpointEvery: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads, on which no result depends. (default: all cores)", valueName: "n"))
  var threads: Int?
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "No progress, neither a bar nor lines.") var quiet = false

  private static let mostSeeds = 1000

  /// Sets the threads, begins to listen for signals, and returns how runs are watched.
  func prepare() throws -> RunPolicy {
    if let threads {
      try check("threads", threads, in: 1...1024)
      dk_set_thread_count(Int32(threads))
    }
    guard out != "" else { throw Failure(.usage, "--out is empty, expected a folder") }
    if let seeds, !(2...RunFlags.mostSeeds).contains(seeds) || resume != nil {
      throw Failure(
        .usage, "--seeds takes 2 or more, \(RunFlags.mostSeeds) at most, and no --resume")
    }
    Interruption.listen()
    return RunPolicy(
      checkpointEvery: try interval(), isQuiet: quiet, tell: { tell($0) })
  }

  private func interval() throws -> RunPolicy.Interval {
    guard let text = checkpointEvery else { return .seconds(20) }
    if text.hasSuffix("steps"), let steps = Int(text.dropLast(5)), steps > 0 {
      return .steps(steps)
    }
    guard let seconds = Double(text), seconds > 0, seconds.isFinite else {
      throw Failure(
        .usage, "checkpoint-every is '\(text)', not a number of seconds or of steps, as in 500steps"
      )
    }
    return .seconds(seconds)
  }
}

/// Where settings come from beside flags of their own.
struct SettingSources: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A YAML or JSON file of settings, named as the flags.", valueName: "file"))
  var config: String?
  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "One setting, or one option of a setting, as in estimator.samples=4; may be repeated.",
      valueName: "key=value"))
  var sets: [String] = []

  var isEmpty: Bool { config == nil && sets.isEmpty }
}
