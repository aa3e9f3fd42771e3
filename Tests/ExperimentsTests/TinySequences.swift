import Experiments
import Formats
import Runs

/// Settings of a run of sequences that ends in a moment.
enum TinySequences {
  /// Five tokens of a random oracle of seven, two epochs and two steps; `more` stands in place of
  /// these.
  static func settings(_ more: [String: String] = [:]) throws -> Settings {
    var all = [
      "length": "5", "sequences": "60", "evaluation-sequences": "40", "embedding": "4",
      "hidden": "6", "filters": "1x4,2x4", "batch-size": "16", "pretrain-epochs": "2",
      "adversarial-steps": "2", "discriminator-pretrain-rounds": "1", "discriminator-rounds": "1",
      "discriminator-epochs": "1", "roll-outs": "2", "evaluate-every": "1", "vocabulary": "7",
    ]
    // What another choice leaves without an effect may not be set.
    if more["discriminator"] == "recurrent" { all["filters"] = nil }
    if more["reward"] == "tokens" || more["estimator"] == "st-gumbel-softmax" {
      all["roll-outs"] = nil
    }
    if more["data"] != nil { all["vocabulary"] = nil }
    var settings = Settings(SequenceExperiment.settings)
    for (key, text) in all.merging(more, uniquingKeysWith: { $1 }) {
      try settings.set(key, to: text, from: .commandLine)
    }
    return settings
  }

  /// Begins and resumes runs; nothing of the machine is kept, so that equal runs leave equal files.
  static func launch(
    stop: StopCheck = .never, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) -> Launch<SequenceExperiment> {
    Launch(policy: RunPolicy(isQuiet: true, stop: stop, tell: tell), environment: .null)
  }

  /// Every way of following a discriminator.
  static let ways: [[String: String]] = [
    ["baseline": "leave-one-out"], ["baseline": "moving-average"], ["baseline": "constant"],
    ["baseline": "network", "adversarial-learning-rate": "0.001"], ["estimator": "relax"],
    ["estimator": "reinforce:baseline=leave-one-out"], ["estimator": "rloo"],
    ["estimator": "remax"], ["estimator": "mean-centered"], ["estimator": "reinforce++"],
    ["estimator": "grpo:deviation=population,length=no"],
    // Sequences that end: those are divided by lengths of their own.
    ["data": "molecules", "estimator": "grpo"],
    ["discriminator": "recurrent", "estimator": "remax", "reward": "tokens"],
    ["estimator": "st-gumbel-softmax", "temperature": "0.8"], ["discriminator": "recurrent"],
    // Sequences that end.
    ["data": "molecules", "estimator": "relax"],
    ["data": "molecules", "estimator": "st-gumbel-softmax"],
    ["discriminator": "recurrent", "estimator": "st-gumbel-softmax"],
    ["discriminator": "recurrent", "estimator": "relax", "reward": "tokens"],
    [
      "discriminator": "recurrent", "reward": "tokens", "discount": "0.23",
      "baseline": "moving-average", "batch-size": "32", "pretrain-epochs": "0",
    ],
  ]
}
