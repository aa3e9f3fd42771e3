package import Runs

/// The settings of `train made`.
package enum MADESettings {
  package static let hidden = Setting.sizes("hidden", "500", "Sizes of the hidden layers.")

  static let all: [any SettingDescription] =
    [
      Setting.model(MADEExperiment.model), BoundSettings.data, BoundSettings.holdOut,
      BoundSettings.binarize, hidden, BoundSettings.optimizer, BoundSettings.learningRate,
      BoundSettings.schedule, BoundSettings.batchSize,
    ] + BoundSettings.lengths + [BoundSettings.patience, BoundSettings.seed]
}
