import ArgumentParser
import Experiments
import Runs

/// The flags of training that every model of images has.
struct BoundFlags: SettingOptions {
  @Option(BoundSettings.data) var data: String?
  @Flag(BoundSettings.holdOut) var holdOut: Bool?
  @Option(BoundSettings.binarize) var binarize: String?
  @Option(Setting<String>.initialWeights) var `init`: String?
  @Option(BoundSettings.optimizer) var optimizer: String?
  @Option(BoundSettings.learningRate) var learningRate: String?
  @Option(BoundSettings.schedule) var schedule: String?
  @Option(BoundSettings.batchSize) var batchSize: String?
  @Option(BoundSettings.shards) var shards: String?
  @Option(BoundSettings.epochs) var epochs: String?
  @Option(BoundSettings.steps) var steps: String?
  @Option(BoundSettings.minutes) var minutes: String?
  @Option(BoundSettings.patience) var patience: String?
  @Option(BoundSettings.evaluateEvery) var evaluateEvery: String?
  @Option(BoundSettings.logEvery) var logEvery: String?
  @Option(BoundSettings.seed) var seed: String?
}

/// The flag of what is logged about the gradient of latents.
struct DiagnosticsFlags: SettingOptions {
  @Option(BoundSettings.diagnostics) var diagnostics: String?
}
