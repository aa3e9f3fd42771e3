import Models
import Runs
import Tensors

/// Whose samples a sequence model learns: an LSTM from the seed or a file, or a hidden Markov model.
enum OracleName {
  case random
  case file(String)
  case hiddenMarkov(states: Int, deviation: Scalar, seed: UInt64?)

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
      deviation: Scalar(try specification.number("deviation", in: 0..<100, default: 2)),
      seed: try specification.option("seed").map { (text) throws(SettingError) in
        guard let seed = UInt64(text) else {
          throw SettingError("hmm: seed is '\(text)', not a whole number of 0 or more")
        }
        return seed
      })
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
      var own = seed.map { Philox(seed: $0) } ?? generator
      return HiddenMarkovModel(
        states: states, vocabulary: configuration.vocabulary, length: configuration.length,
        deviation: deviation, using: &own)
    case .random:
      return SequenceGenerator(
        vocabulary: configuration.vocabulary, length: configuration.length,
        embeddingSize: configuration.embedding, units: configuration.hidden, deviation: 1,
        using: &generator)
    }
  }
}
