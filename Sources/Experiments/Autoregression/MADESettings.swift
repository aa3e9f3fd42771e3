package import Runs

/// The settings of `train made`.
package enum MADESettings {
  package static let hidden = Setting.sizes("hidden", "500", "Sizes of the hidden layers.")

  static let all = BoundSettings.table(of: MADEExperiment.model, [hidden])
}
