import Formats
import Models
import Runs
import Tensors

/// The source of the samples that a sequence model learns: an LSTM from the seed or a file, or a
/// hidden Markov model.
package enum OracleName: Sendable {
  case random
  case file(String)
  case hiddenMarkov(states: Int, deviation: Double, seed: Int?)

  /// `hmm:states=8,deviation=2,seed=1`, or the path of a file.
  init(_ text: String) throws(SettingError) {
    guard text == "hmm" || text.hasPrefix("hmm:") else {
      self = .file(text)
      return
    }
    let specification = try Specification(text)
    try specification.allow(["states", "deviation", "seed"])
    self = .hiddenMarkov(
      states: try specification.integer("states", in: 1...10_000, default: 8),
      deviation: try specification.number("deviation", in: 0..<100, default: 2),
      seed: try specification.option("seed").map { (_) throws(SettingError) in
        try specification.integer("seed", in: 0...JSON.mostWhole, default: 0)
      })
  }

  /// As a configuration file shows it.
  var json: JSON {
    switch self {
    case .random: return .null
    case .file(let path): return JSON(path)
    case .hiddenMarkov(let states, let deviation, let seed):
      let own: [JSON.Member] = [
        .init("name", "hmm"), .init("states", JSON(states)), .init("deviation", JSON(deviation)),
      ]
      return .object(own + (seed.map { [.init("seed", JSON($0))] } ?? []))
    }
  }

  var isFile: Bool {
    if case .file = self { true } else { false }
  }

  /// The law, whose random weights come from `generator` where no seed is named.
  func law(
    _ configuration: SequenceConfiguration, using generator: inout Philox
  ) throws -> any SequenceLaw {
    switch self {
    case .file(let path):
      return try SequenceGenerator(oracle: path, length: configuration.length)
    case .hiddenMarkov(let states, let deviation, let seed):
      var own = seed.map { Philox(seed: UInt64($0)) } ?? generator
      return HiddenMarkovModel(
        states: states, vocabulary: configuration.vocabulary, length: configuration.length,
        deviation: Scalar(deviation), using: &own)
    case .random:
      return SequenceGenerator(
        vocabulary: configuration.vocabulary, length: configuration.length,
        embeddingSize: configuration.embedding, units: configuration.hidden, deviation: 1,
        using: &generator)
    }
  }
}
