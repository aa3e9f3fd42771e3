import Datasets
import Experiments
import Formats
import Models
import Runs

/// What `train` does once its flags are read: begins a run, goes on with one, or begins one per seed.
struct TrainingRun {
  let model: ModelName
  /// The settings of the model's own flags.
  let modelSettings: [(key: String, text: String?)]
  let training: TrainingOptions
  let place: RunOptions

  private static let mostSeeds = 1000

  func start() throws {
    try place.prepare()
    if let seeds = training.seeds {
      guard
        (2...TrainingRun.mostSeeds).contains(seeds) && training.seed == nil && place.resume == nil
      else {
        throw Failure(
          .usage,
          "--seeds takes 2 or more, \(TrainingRun.mostSeeds) at most, and neither --seed nor --resume"
        )
      }
      return try runSeeds(seeds)
    }
    if let resume = place.resume { return try report(self.resume(resume)) }
    try report(begin(settings(), in: place.out ?? defaultRunFolder(of: model.rawValue)))
  }

  private var flags: [(key: String, text: String?)] { modelSettings + training.settings }

  /// Defaults, then the file, then `--set`, then flags.
  private func settings(seed: Int? = nil) throws -> Settings {
    var settings = try place.settings(model.settings)
    for case (let key, let text?) in flags {
      // What one flag says stands in place of what a file says by the other.
      if key == "layers" { settings.reset("latent") }
      if key == "latent" && !flags.contains(where: { $0.key == "layers" && $0.text != nil }) {
        settings.reset("layers")
      }
      try settings.set(key, to: text, from: .commandLine)
    }
    if let seed { try settings.set("seed", to: String(seed), from: .commandLine) }
    try setLength(of: &settings)
    return settings
  }

  /// Puts the length that a flag gives in place of those of a file.
  private func setLength(of settings: inout Settings) throws {
    let given = training.length.filter { $0.text != nil }
    guard given.count <= 1 else {
      throw Failure(.usage, "--epochs, --steps and --minutes exclude each other")
    }
    for case (let key, let text?) in given {
      for (other, _) in training.length { settings.reset(other) }
      try settings.set(key, to: text, from: .commandLine)
    }
  }

  private func begin(_ settings: Settings, in path: String) throws -> JSON {
    let asked = try TrainingConfiguration(settings, of: model)
    let data = try images(for: asked)
    try RunFolder.refuseExisting(path)
    return try begin(choose(asked, data), data, in: path)
  }

  private func begin(
    _ configuration: TrainingConfiguration, _ data: ImageData, in path: String
  ) throws -> JSON {
    // The model is made before the folder, so that a setting that does not fit leaves nothing behind.
    try configuration.withModel(
      mean: data.training.mean, labelled: configuration.labelled(from: data), FitCheck())
    let folder = try RunFolder(creating: path, recording: configuration.settings)
    return try train(configuration, data, in: folder, isResumed: false)
  }

  /// The configuration with the estimator that `auto` stands for; says why it is that one.
  private func choose(
    _ asked: TrainingConfiguration, _ data: ImageData
  ) throws -> TrainingConfiguration {
    let (configuration, reason) = try AutoEstimator(configuration: asked, data: data).choose()
    for line in reason { tell(line) }
    return configuration
  }

  private func resume(_ path: String) throws -> JSON {
    let folder = try RunFolder(opening: path)
    var settings = try Settings(of: folder)
    try setLength(of: &settings)
    try place.checkResuming(
      path, with: flags, exceptions: "only --epochs, --steps and --minutes")
    let configuration = try TrainingConfiguration(settings, of: model)
    return try train(configuration, images(for: configuration), in: folder, isResumed: true)
  }

  private func runSeeds(_ count: Int) throws {
    let base = try place.out ?? defaultRunFolder(of: model.rawValue)
    var bounds: [Double] = []
    var training: [Double] = []
    try RunFolder.refuseExisting("\(base)/seed-1")
    // All seeds have the estimator that is chosen for the first, or their interval would be of several.
    let asked = try TrainingConfiguration(settings(seed: 1), of: model)
    let data = try images(for: asked)
    let chosen = try choose(asked, data).settings["estimator"]
    for seed in 1...count {
      var own = try settings(seed: seed)
      if let chosen, chosen != own["estimator"] {
        try own.set("estimator", to: chosen, from: .commandLine)
      }
      let summary = try begin(
        TrainingConfiguration(own, of: model), data, in: "\(base)/seed-\(seed)")
      if place.json { print(summary) }
      bounds.append(summary["test_bound"]?.number ?? .nan)
      training.append(summary["train_bound"]?.number ?? .nan)
    }
    let (test, train) = (Interval(bounds), Interval(training))
    let summary: JSON = [
      "run": JSON(base), "seeds": JSON(count), "train_bound": JSON(train.mean),
      "train_bound_interval": JSON(train.half), "test_bound": JSON(test.mean),
      "test_bound_interval": JSON(test.half),
    ]
    try atomicWrite(Array("\(summary)\n".utf8), to: "\(base)/summary.json")
    if place.json { return print(summary) }
    print("\(count) seeds, 95 % intervals")
    print("train bound      \(decimal(train.mean, 2)) ± \(decimal(train.half, 2)) nats")
    print("test bound       \(decimal(test.mean, 2)) ± \(decimal(test.half, 2)) nats")
    print("runs             \(base)/seed-1 to \(base)/seed-\(count)")
  }

  private func images(for configuration: TrainingConfiguration) throws -> ImageData {
    let data = try loadImages(configuration.data, holdOut: configuration.holdsOut)
    guard configuration.batchSize <= data.training.count else {
      throw configuration.settings.failure(
        "batch-size is \(configuration.batchSize), more than the \(data.training.count) training images",
        of: "batch-size")
    }
    return data
  }

  private func train(
    _ configuration: TrainingConfiguration, _ data: ImageData, in folder: RunFolder,
    isResumed: Bool
  ) throws -> JSON {
    try configuration.withModel(
      mean: data.training.mean, labelled: configuration.labelled(from: data),
      TrainTask(
        configuration: configuration, data: data, folder: folder, isResumed: isResumed,
        isQuiet: place.quiet))
  }

  private func report(_ summary: JSON) {
    if place.json { return print(summary) }
    func figure(_ key: String, _ places: Int) -> String {
      summary[key]?.number.map { decimal($0, places) } ?? "-"
    }
    let path = summary["run"]?.string ?? ""
    print(
      "steps            \(figure("steps", 0)) in \(figure("seconds", 1)) s, \(figure("steps_per_second", 0)) per second"
    )
    if let objective = summary["objective"]?.string {
      print("descended        \(objective), \(figure("train_objective", 2)) nats")
    }
    print("train bound      \(figure("train_bound", 2)) nats")
    print("test bound       \(figure("test_bound", 2)) nats")
    if summary["test_accuracy"] != nil {
      print("test accuracy    \(figure("test_accuracy", 4))")
    }
    print("run              \(path)")
    print("picture          \(path)/samples/final.png   data, reconstructions, samples")
  }
}

/// Makes the model only.
private struct FitCheck: ModelTask {
  typealias Output = Void

  func run<Model: LatentVariableModel>(
    _ model: Model, _ estimators: Model.Estimators
  ) throws {}
}
