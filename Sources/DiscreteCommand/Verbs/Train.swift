import ArgumentParser
import CKernels
import Datasets
import Formats
import Models
import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Trains a model and leaves a run folder.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model.", subcommands: [TrainBeliefNetwork.self])
}

struct TrainBeliefNetwork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "belief-network",
    abstract: "Train a belief network, or a mixture with discrete latents, on binary images.",
    discussion: """
      Estimators: exact, reinforce:samples=K,baseline=none|constant|moving-average|network|leave-one-out, \
      nvil:samples=K,decay=D,units=N,normalize=true|false. Optimizers: adam, sgd:momentum=M, rmsprop. \
      Schedules: constant, exponential:rate=R,every=N, linear:over=N, cosine:over=N.
      """)

  @Option(help: "A folder of IDX files, a data set's name, or glyphs.") var data: String?
  @Flag(
    help: "Keep the validation images of a folder, its last sixth for training, out of training.")
  var holdOut = false
  @Option(help: "dynamic, static or threshold.") var binarize: String?
  @Option(help: "Sizes of one to three stochastic layers, as in 200,200.") var layers: String?
  @Option(help: "Sizes of deterministic layers within every link, which make it nonlinear.")
  var hidden: String?
  @Option(help: "categorical:VARIABLESxCLASSES for a mixture, instead of --layers.")
  var latent: String?
  @Option(help: "learned or uniform.") var prior: String?
  @Option(help: "NAME[:key=value,...].") var estimator: String?
  @Option(help: "NAME[:key=value,...].") var optimizer: String?
  @Option(parsing: .unconditional) var learningRate: String?
  @Option(help: "How the learning rate changes.") var schedule: String?
  @Option(parsing: .unconditional) var batchSize: String?
  @Option(parsing: .unconditional) var epochs: String?
  @Option(parsing: .unconditional, help: "Steps instead of epochs.") var steps: String?
  @Option(parsing: .unconditional, help: "Minutes instead of epochs.") var minutes: String?
  @Option(
    parsing: .unconditional,
    help: "Stop after so many epochs without a better validation bound.")
  var patience: String?
  @Option(parsing: .unconditional) var seed: String?
  @Option(help: "Train with seeds 1 to N, and print means with 95 % intervals.") var seeds: Int?
  @Option(help: "The run folder to make; under runs/ by default.") var out: String?
  @Option(help: "Continue the run in this folder.") var resume: String?
  @Option(help: "A YAML or JSON file of settings.") var config: String?
  @Option(name: .customLong("set"), help: "A setting, as in --set estimator.samples=4.")
  var sets: [String] = []
  @Option(help: "Threads, all cores by default.") var threads: Int?
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "No progress.") var quiet = false

  func run() throws {
    if let threads {
      guard threads >= 1 && threads <= 1024 else {
        throw CommandFailure(.usage, "threads is '\(threads)', not a whole number from 1 to 1024")
      }
      dk_set_thread_count(Int32(threads))
    }
    if let seeds {
      guard seeds >= 2 && seed == nil && resume == nil else {
        throw CommandFailure(.usage, "--seeds takes 2 or more, and neither --seed nor --resume")
      }
      return try runSeeds(seeds)
    }
    if let resume { return try runResumed(resume) }
    let settings = try settings()
    let summary = try start(settings, in: out ?? defaultFolder())
    report(summary)
  }

  /// Defaults, then the file, then `--set`, then flags.
  private func settings(seed override: String? = nil) throws -> Settings {
    var settings = Settings(TrainingConfiguration.defaults)
    if let config { try settings.read(file: config) }
    for text in sets {
      let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else {
        throw CommandFailure(.usage, "--set takes key=value, not '\(text)'")
      }
      try settings.set(pair[0], to: pair[1], from: .commandLine)
    }
    let flags = [
      ("data", data), ("hold-out", holdOut ? "true" : nil), ("binarize", binarize),
      ("layers", layers), ("hidden", hidden),
      ("latent", latent), ("prior", prior), ("estimator", estimator), ("optimizer", optimizer),
      ("learning-rate", learningRate), ("schedule", schedule), ("batch-size", batchSize),
      ("patience", patience), ("seed", override ?? seed),
    ]
    for case (let key, let text?) in flags {
      try settings.set(key, to: text, from: .commandLine)
    }
    try setLength(of: &settings)
    return settings
  }

  /// Puts the length that a flag gives in place of those of a file.
  private func setLength(of settings: inout Settings) throws {
    let given = [("epochs", epochs), ("steps", steps), ("minutes", minutes)].filter { $0.1 != nil }
    guard given.count <= 1 else {
      throw CommandFailure(.usage, "--epochs, --steps and --minutes exclude each other")
    }
    for case (let key, let text?) in given {
      for other in ["epochs", "steps", "minutes"] { settings.reset(other) }
      try settings.set(key, to: text, from: .commandLine)
    }
  }

  private func start(_ settings: Settings, in path: String) throws -> JSON {
    let configuration = try TrainingConfiguration(settings)
    let data = try images(for: configuration)
    let mean = data.training.mean
    // The model is made before the folder, so that a setting that does not fit leaves nothing behind.
    try configuration.withModel(mean: mean, FitCheck())
    let folder = try RunFolder(creating: path)
    try folder.write(object(configuration.settings.resolved), to: "config.json")
    try folder.write(object(configuration.settings.overrides), to: "overrides.json")
    try folder.write(runEnvironment(), to: "environment.json")
    return try train(configuration, data, in: folder, isResumed: false)
  }

  private func runResumed(_ path: String) throws {
    let folder = try RunFolder(opening: path)
    var settings = Settings(TrainingConfiguration.defaults)
    try settings.read(file: folder.file("config.json"))
    try setLength(of: &settings)
    let given = [
      data, binarize, layers, hidden, latent, prior, estimator, optimizer, learningRate, schedule,
      batchSize, patience, seed, out, config,
    ]
    guard given.allSatisfy({ $0 == nil }) && sets.isEmpty && !holdOut else {
      throw CommandFailure(
        .usage,
        "--resume goes on with the settings of \(path); only --epochs, --steps and --minutes may differ"
      )
    }
    let configuration = try TrainingConfiguration(settings)
    report(try train(configuration, images(for: configuration), in: folder, isResumed: true))
  }

  private func runSeeds(_ count: Int) throws {
    let base = out ?? defaultFolder()
    var bounds: [Double] = []
    var training: [Double] = []
    for seed in 1...count {
      let summary = try start(settings(seed: String(seed)), in: "\(base)/seed-\(seed)")
      if json { print(summary) }
      bounds.append(summary["test_bound"]?.number ?? .nan)
      training.append(summary["train_bound"]?.number ?? .nan)
    }
    let (test, train) = (Interval(bounds), Interval(training))
    if json {
      print(
        [
          "run": JSON(base), "seeds": JSON(count), "train_bound": JSON(train.mean),
          "train_bound_interval": JSON(train.half), "test_bound": JSON(test.mean),
          "test_bound_interval": JSON(test.half),
        ] as JSON)
    } else {
      print("\(count) seeds, 95 % intervals")
      print("  train bound  \(rounded(train.mean, 2)) ± \(rounded(train.half, 2)) nats")
      print("  test bound   \(rounded(test.mean, 2)) ± \(rounded(test.half, 2)) nats")
    }
  }

  private func images(for configuration: TrainingConfiguration) throws -> ImageData {
    let data = try loadImages(configuration.data, holdOut: configuration.holdsOut)
    guard configuration.batchSize <= data.training.count else {
      throw CommandFailure(
        .usage,
        "batch-size is \(configuration.batchSize), more than the \(data.training.count) training images"
      )
    }
    return data
  }

  private func train(
    _ configuration: TrainingConfiguration, _ data: ImageData, in folder: RunFolder,
    isResumed: Bool
  ) throws -> JSON {
    try configuration.withModel(
      mean: data.training.mean,
      TrainTask(
        configuration: configuration, data: data, folder: folder, isResumed: isResumed,
        isQuiet: quiet))
  }

  private func report(_ summary: JSON) {
    if json { return print(summary) }
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { places == 0 ? "\(Int($0.rounded()))" : "\(rounded($0, places))" }
        ?? "-"
    }
    let path = summary["run"]?.string ?? ""
    print(
      "steps            \(figure("steps", 0)) in \(figure("seconds", 1)) s, \(figure("steps_per_second", 0)) per second"
    )
    print("train bound      \(figure("train_bound", 2)) nats")
    print("test bound       \(figure("test_bound", 2)) nats")
    print("run              \(path)")
    print("picture          \(path)/samples/final.png   data, reconstructions, samples")
  }

  private func defaultFolder() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let base =
      "runs/belief-network/\(date)-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
    var path = base
    var number = 2
    while fileExists(path) {
      path = "\(base)-\(number)"
      number += 1
    }
    return path
  }

  private func object(_ pairs: [(key: String, text: String)]) -> JSON {
    .object(pairs.map { JSON.Member($0.key, JSON($0.text)) })
  }
}

/// Makes the model only.
private struct FitCheck: ModelTask {
  typealias Output = Void

  func run<Model: LatentVariableModel>(
    _ model: Model, _ estimators: LayerEstimators<Model.Latents>
  ) throws {}
}

/// A mean and half the width of its 95 % interval by Student's t.
private struct Interval {
  let mean: Double
  let half: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0.0, +) / count
    self.mean = mean
    let variance = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    // The 97.5 % points of Student's t by degrees of freedom.
    let points = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
    let point = values.count - 2 < points.count ? points[values.count - 2] : 2.0
    half = point * (variance / count).squareRoot()
  }
}
