import ArgumentParser

/// Where a run is recorded, where its settings come from, and what it prints.
struct RunOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The run folder to make. (default: the date, in runs/MODEL)", valueName: "folder"))
  var out: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Continue the run in this folder as if it had never stopped; with --epochs, --steps or --minutes, up to there.",
      valueName: "run"))
  var resume: String?
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
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads, on which no result depends. (default: all cores)", valueName: "n"))
  var threads: Int?
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "No progress bar.") var quiet = false
}

/// Help of a flag that is a setting, with its default in a table.
func settingHelp(
  _ key: String, _ text: String, _ value: String, among table: [(key: String, text: String?)]
) -> ArgumentHelp {
  let standard = table.first { $0.key == key }?.text.flatMap { $0.isEmpty ? nil : $0 }
  return ArgumentHelp(
    "\(text)\(standard.map { " (default: \($0))" } ?? "")", valueName: value)
}
