import Formats
import Models
import Stochastics
import Tensors

/// What a sequence model learns from and is measured by: samples of an oracle, or pieces of a text.
struct SequenceData {
  let training: Classes
  /// Fresh samples, or the last tenth of the text.
  let test: Classes
  let oracle: SequenceGenerator?
  /// The character of every token of a text.
  let characters: [Character]?

  var vocabulary: Int { training.classCount }

  /// Streams of the run's seed that only the data use.
  private enum Stream: UInt64 { case oracle = 100, training, test }

  init(_ configuration: SequenceConfiguration) throws {
    if let path = configuration.data {
      try self.init(text: path, configuration)
      return
    }
    let seed = Philox(seed: configuration.seed)
    let oracle: SequenceGenerator
    if let path = configuration.oracle {
      oracle = try SequenceGenerator(oracle: path, length: configuration.length)
    } else {
      var generator = seed.folding(Stream.oracle.rawValue)
      oracle = SequenceGenerator(
        vocabulary: configuration.vocabulary, length: configuration.length,
        embeddingSize: configuration.embedding, units: configuration.hidden, deviation: 1,
        using: &generator)
    }
    var training = seed.folding(Stream.training.rawValue)
    var test = seed.folding(Stream.test.rawValue)
    self.init(
      training: oracle.sample(configuration.sequences, using: &training),
      test: oracle.sample(configuration.evaluationSequences, using: &test), oracle: oracle,
      characters: nil)
  }

  private init(
    training: Classes, test: Classes, oracle: SequenceGenerator?, characters: [Character]?
  ) {
    self.training = training
    self.test = test
    self.oracle = oracle
    self.characters = characters
  }

  /// The text in pieces of the length, the first nine tenths to learn from; a rest is left out.
  private init(text path: String, _ configuration: SequenceConfiguration) throws {
    let length = configuration.length
    guard let text = String(validating: try fileBytes(path), as: UTF8.self) else {
      throw FormatError(.malformed, "\(path): is not text in UTF-8")
    }
    let all = Array(text)
    guard all.count >= 2 * length else {
      throw FormatError(
        .malformed,
        "\(path): \(all.count) characters, two sequences of length \(length) take \(2 * length)")
    }
    let characters = Set(all).sorted()
    guard characters.count > 1 else {
      throw FormatError(.malformed, "\(path): a vocabulary of 1 character, expected 2 or more")
    }
    var tokens: [Character: Int] = [:]
    for (token, character) in characters.enumerated() { tokens[character] = token }
    let pieces = all.count / length
    let held = max(1, pieces / 10)
    func part(_ range: Range<Int>) -> Classes {
      let values = all[range.lowerBound * length..<range.upperBound * length].compactMap {
        tokens[$0]
      }
      return Classes(
        Indices(values, shape: [range.count, length]), classCount: characters.count)
    }
    let first = pieces - held
    self.init(
      training: part(0..<min(first, configuration.sequences)),
      test: part(first..<min(pieces, first + configuration.evaluationSequences)), oracle: nil,
      characters: characters)
  }

  /// Both likelihoods, and the entropy of the generator by its own samples, in nats a token.
  func figures(
    of generator: SequenceGenerator, samples: Int, using noise: inout Philox
  ) -> [JSON.Member] {
    let sample = generator.sample(samples, using: &noise)
    var result: [JSON.Member] = []
    if let oracle {
      result.append(.init("nll_oracle", JSON(oracle.negativeLogLikelihood(of: sample))))
    }
    result.append(.init("nll_generator", JSON(generator.negativeLogLikelihood(of: test))))
    result.append(.init("entropy", JSON(generator.negativeLogLikelihood(of: sample))))
    return result
  }
}
