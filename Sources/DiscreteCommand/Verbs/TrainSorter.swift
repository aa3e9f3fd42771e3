import ArgumentParser
import Datasets
import Experiments
import Formats
import Learning
import Models
import Runs

struct TrainSorter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: SorterConfiguration.model,
    abstract: "Learn to sort images of numbers, or numbers, from their order alone.",
    discussion: """
      Every step draws fresh sequences of numbers that differ, of so many digits each, one image a digit; only their order is \
      told, the largest first. Leaves a run folder with the settings, the curves, checkpoints and a picture. exact is the share of \
      held-out sequences that are sorted whole, elementwise the share of places with the right item.

      METHODS, with the defaults of their options
      \(indented(SortingMethod.own.map { usage($0.name, $0.options) }))
      Samples draw Gumbels for the scores, 0 takes none. These have the temperature of --temperature. Or an estimator, over orders that are \
      sampled by Plackett and Luce's law of the scores, which sees their cost alone:
      \(indented(SortingMethod.sampling.map { usage($0.rawValue, $0.options) }))

      OPTIMIZERS
      \(indented(OptimizerName.allCases.map { usage($0.rawValue, $0.options) }))

      SCHEDULES
      \(indented(ScheduleName.allCases.map { usage($0.rawValue, $0.options) }))
      """)

  @OptionGroup(title: "Model and training") var options: SorterOptions
  @OptionGroup(title: "Run") var place: RunOptions

  func run() throws {
    try place.prepare()
    try report(place.resume.map(resume) ?? begin())
  }

  private func begin() throws -> JSON {
    var settings = try place.settings(SorterConfiguration.defaults)
    for case (let key, let text?) in options.settings + [("steps", options.steps)] {
      try settings.set(key, to: text, from: .commandLine)
    }
    let configuration = try SorterConfiguration(settings)
    let data = try SorterData(configuration)
    // The sorter is made before the folder, so that a setting that does not fit leaves nothing behind.
    try configuration.withSorter(size: data.size, FitCheck())
    let folder = try RunFolder(
      creating: try place.out ?? defaultRunFolder(of: SorterConfiguration.model),
      recording: configuration.settings)
    return try train(configuration, data, in: folder, isResumed: false)
  }

  private func resume(_ path: String) throws -> JSON {
    try place.checkResuming(path, with: options.settings, exceptions: "only --steps")
    let folder = try RunFolder(opening: path)
    var settings = try SorterConfiguration.settings(of: folder)
    if let steps = options.steps { try settings.set("steps", to: steps, from: .commandLine) }
    let configuration = try SorterConfiguration(settings)
    let isResumed = try fileExists(folder.lastCheckpoint)
    if folder.status == .finished, isResumed,
      try Checkpoint.metadata(of: folder.lastCheckpoint)
        .whole("step", in: 0...JSON.mostWhole, of: folder.lastCheckpoint) >= configuration.steps
    {
      return try folder.summary()
    }
    return try train(
      configuration, SorterData(configuration), in: folder, isResumed: isResumed)
  }

  private func train(
    _ configuration: SorterConfiguration, _ data: SorterData, in folder: RunFolder,
    isResumed: Bool
  ) throws -> JSON {
    try configuration.withSorter(
      size: data.size,
      SorterTraining(
        configuration: configuration, data: data, folder: folder, isQuiet: place.quiet,
        isResumed: isResumed))
  }

  private func report(_ summary: JSON) throws {
    if place.json { return print(summary) }
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { decimal($0, places) } ?? "-"
    }
    let path = summary["run"]?.string ?? ""
    print(
      "steps            \(summary["steps"] ?? .null) in \(figure("seconds", 1)) s, \(figure("seconds_per_step", 4)) s each"
    )
    print("loss             \(figure("loss", 4))")
    print("test exact       \(figure("test_exact", 4)) of sequences sorted whole")
    print("elementwise      \(figure("test_elementwise", 4)) of places right")
    print("run              \(path)")
    if try fileExists("\(path)/samples/final.png") {
      print(
        "picture          \(path)/samples/final.png   test sequences as sorted, the largest first")
    }
  }
}

/// Makes the sorter only.
private struct FitCheck: SorterTask {
  func run<Scorer: ItemScorer, Objective: SortingObjective>(
    _ sorter: Sorter<Scorer, Objective>
  ) throws {}
}

/// Trains a sorter from the start, or on from the checkpoint of its folder.
private struct SorterTraining: SorterTask {
  let configuration: SorterConfiguration
  let data: SorterData
  let folder: RunFolder
  let isQuiet: Bool
  let isResumed: Bool

  func run<Scorer: ItemScorer, Objective: SortingObjective>(
    _ sorter: Sorter<Scorer, Objective>
  ) throws -> JSON {
    try run(sorter, configuration.optimizer)
  }

  private func run<Scorer: ItemScorer, Objective: SortingObjective>(
    _ sorter: Sorter<Scorer, Objective>, _ optimizer: some Optimizer
  ) throws -> JSON {
    var session = SorterSession(
      configuration, data: data, folder: folder, sorter: sorter, optimizer: optimizer,
      isQuiet: isQuiet)
    return try session.run(isResumed: isResumed)
  }
}

/// What is sorted, and how that is learned.
struct SorterOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: help(
      "data",
      "A folder of labelled IDX files, a name that 'discrete data list' shows, or 'numbers'.",
      "folder|name"))
  var data: String?
  @Option(parsing: .unconditional, help: help("length", "Numbers in a sequence.", "n"))
  var length: String?
  @Option(parsing: .unconditional, help: help("digits", "Digits in a number.", "n"))
  var digits: String?
  @Option(
    parsing: .unconditional,
    help: help("method", "How the order is learned, listed above.", "name[:key=value,...]"))
  var method: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "temperature",
      "Of what is relaxed, or gaps:share=0.5: a quantile of the gaps between the scores, anew at every step.",
      "number|gaps"))
  var temperature: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "cost",
      "Of a sampled order: distance, the mean square of how far items are from their places, or misplaced, the share of wrong places.",
      "name"))
  var cost: String?
  @Option(
    parsing: .unconditional,
    help: help("optimizer", "How gradients are followed, listed above.", "name[:key=value,...]"))
  var optimizer: String?
  @Option(
    parsing: .unconditional, help: help("learning-rate", "Learning rate at the start.", "rate"))
  var learningRate: String?
  @Option(
    parsing: .unconditional,
    help: help(
      "schedule", "How the learning rate changes, listed above.", "name[:key=value,...]"))
  var schedule: String?
  @Option(parsing: .unconditional, help: help("batch-size", "Sequences in a batch.", "n"))
  var batchSize: String?
  @Option(parsing: .unconditional, help: help("steps", "Steps of training.", "steps"))
  var steps: String?
  @Option(
    parsing: .unconditional, help: help("evaluate-every", "Steps between validations.", "steps"))
  var evaluateEvery: String?
  @Option(
    parsing: .unconditional,
    help: help("evaluation-sequences", "Sequences of a validation, and of the test.", "n"))
  var evaluationSequences: String?
  @Option(
    parsing: .unconditional,
    help: help("seed", "What everything is drawn from: equal seeds, equal runs.", "seed"))
  var seed: String?

  private static func help(_ key: String, _ text: String, _ value: String) -> ArgumentHelp {
    settingHelp(key, text, value, among: SorterConfiguration.defaults)
  }

  /// All but the number of steps.
  var settings: [(key: String, text: String?)] {
    [
      ("data", data), ("length", length), ("digits", digits), ("method", method),
      ("temperature", temperature), ("cost", cost), ("optimizer", optimizer),
      ("learning-rate", learningRate), ("schedule", schedule), ("batch-size", batchSize),
      ("evaluate-every", evaluateEvery), ("evaluation-sequences", evaluationSequences),
      ("seed", seed),
    ]
  }
}
