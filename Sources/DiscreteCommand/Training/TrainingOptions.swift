import ArgumentParser

/// The flags of training that every model has.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "data", "A folder of IDX files, or a name that 'discrete data list' shows.", "folder|name"))
  var data: String?
  @Flag(
    help: """
      Keep the validation images out of training where they are the last sixth of the training images, as in MNIST; \
      without it the validation bound is one of images trained on.
      """)
  var holdOut = false
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "binarize", "dynamic (redrawn at every visit), static (drawn once) or threshold.", "how"))
  var binarize: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp("optimizer", "How they are followed, listed above.", "name[:key=value,...]"))
  var optimizer: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp("learning-rate", "Learning rate at the start.", "rate"))
  var learningRate: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "schedule", "How the learning rate changes, listed above.", "name[:key=value,...]"))
  var schedule: String?
  @Option(parsing: .unconditional, help: settingHelp("batch-size", "Images in a batch.", "images"))
  var batchSize: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp("epochs", "How often every image is visited.", "epochs"))
  var epochs: String?
  @Option(
    parsing: .unconditional, help: settingHelp("steps", "Steps, instead of epochs.", "steps"))
  var steps: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp("minutes", "Minutes of training, instead of epochs.", "minutes"))
  var minutes: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "patience", "Stop early, after so many epochs without a better validation bound.", "epochs"))
  var patience: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "seed", "What weights, order and noise are drawn from: equal seeds, equal runs.", "seed"))
  var seed: String?
  @Option(
    parsing: .unconditional,
    help: settingHelp(
      "diagnostics",
      "Log the gradient's variance and signal-to-noise ratio by layer, and what fits the estimator, every so many steps.",
      "steps"))
  var diagnostics: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Train with seeds 1 to N, and print means with 95 % intervals.", valueName: "n"))
  var seeds: Int?

  /// All but what tells how long to train.
  var settings: [(key: String, text: String?)] {
    [
      ("data", data), ("hold-out", holdOut ? "true" : nil), ("binarize", binarize),
      ("optimizer", optimizer), ("learning-rate", learningRate),
      ("schedule", schedule), ("batch-size", batchSize), ("patience", patience), ("seed", seed),
      ("diagnostics", diagnostics),
    ]
  }

  /// How long to train.
  var length: [(key: String, text: String?)] {
    [("epochs", epochs), ("steps", steps), ("minutes", minutes)]
  }
}

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

/// Help of a flag that is a setting of models of images, with the default that the table of settings has.
func settingHelp(
  _ key: String, _ text: String, _ value: String, of model: ModelName? = nil
) -> ArgumentHelp {
  // What all models share has one default; what is a model's own is shown with that model.
  let defaults = (model.map { [$0] } ?? ModelName.allCases).map { $0.standard(key) }
  let standard = Set(defaults).count == 1 ? defaults[0] : nil
  return settingHelp(key, text, value, among: [(key, standard)])
}

/// Help of a flag that is a setting, with its default in a table.
func settingHelp(
  _ key: String, _ text: String, _ value: String, among table: [(key: String, text: String?)]
) -> ArgumentHelp {
  let standard = table.first { $0.key == key }?.text.flatMap { $0.isEmpty ? nil : $0 }
  return ArgumentHelp(
    "\(text)\(standard.map { " (default: \($0))" } ?? "")", valueName: value)
}
