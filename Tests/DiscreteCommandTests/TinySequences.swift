import Foundation
import TestSupport

/// Runs of `train sequence-gan` that end in a second.
enum TinySequences {
  /// A run, whose flags others may replace.
  static func arguments(_ more: String...) -> [String] {
    [
      "train", "sequence-gan", "--length", "5", "--sequences", "60", "--evaluation-sequences",
      "40", "--embedding", "4", "--hidden", "6", "--filters", "1x4,2x4", "--batch-size", "16",
      "--pretrain-epochs", "2", "--adversarial-steps", "2", "--discriminator-pretrain-rounds",
      "1", "--discriminator-rounds", "1", "--discriminator-epochs", "1", "--roll-outs", "2",
      "--evaluate-every", "1", "--quiet",
    ] + more
  }

  /// A random oracle of seven tokens.
  static let random = ["--vocabulary", "7"]

  /// The objects of a file of metrics.
  static func lines(_ path: String) throws -> [[String: Any]] { try jsonObjects(text(of: path)) }
}
