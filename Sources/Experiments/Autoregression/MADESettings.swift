package import Runs

/// The settings of `train made`.
package enum MADESettings {
  package static let hidden = Setting.sizes("hidden", "500", "Sizes of the hidden layers.")
  package static let order = Setting.choice(
    "order", MADEOrder.natural,
    "natural, each pixel given those before it, or any: given any others, the bound of masked diffusion.",
    "order")
  package static let masks = Setting.whole(
    "masks", 1, in: 1...1000,
    "Masks of the natural order; steps take them in turn, likelihoods average their probabilities.",
    "n")

  static let all = BoundSettings.table(of: MADEExperiment.model, [hidden, order, masks])
}

/// Which orders a network is for.
package enum MADEOrder: String, CaseIterable, Sendable { case natural, any }
