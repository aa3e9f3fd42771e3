import Datasets
public import Formats
import Learning
public import Models
public import Runs
import Stochastics
import Tensors

/// The generator of a run of `train sequence-gan`, finished or not, by its folder.
public struct TrainedSequences: Sendable {
  public let folder: RunFolder
  /// The generator at the last checkpoint.
  public let generator: SequenceGenerator
  let configuration: SequenceConfiguration
  /// The tokens of a text model.
  private let texts: SequenceTexts?
  private let isAdversarial: Bool

  /// Reads a run.
  ///
  /// - Throws: `FormatError` for files that are missing or damaged, `Failure` for a run of another
  ///   model and for weights that are not finite.
  public init(run path: String) throws {
    folder = try RunFolder(opening: path)
    configuration = try SequenceConfiguration(of: folder)
    let content = try Checkpoint.content(of: folder.lastCheckpoint)
    let vocabulary = try content.size("vocabulary")
    try content.checkAxis(vocabulary, "\(vocabulary) tokens")
    try configuration.checkMemory(vocabulary: vocabulary)
    isAdversarial = content.metadata["adversarial"] == "true"
    generator = try TrainedSequences.generator(
      isAdversarial ? .following : .pretraining, of: vocabulary, in: content, configuration)
    guard configuration.data != nil else {
      texts = nil
      return
    }
    let file = folder.file(SequenceTexts.fileName)
    let words = try SequenceTexts.vocabulary(file, unit: configuration.unit)
    guard words.count == vocabulary else {
      throw FormatError(
        .malformed, "\(file): \(words.count) tokens, expected the \(vocabulary) of the model")
    }
    texts = SequenceTexts(
      unit: configuration.unit, vocabulary: words, isGrammar: configuration.isGrammar)
  }

  /// A generator within a checkpoint, by what stands before the names of its tensors.
  private enum Part: String {
    case pretraining
    case following = "policy.generator"

    /// Other parts of a checkpoint whose tensors have names with the same beginning.
    var others: Set<String> { self == .pretraining ? ["optimizer"] : [] }
  }

  private static func generator(
    _ part: Part, of vocabulary: Int, in content: Checkpoint.Content,
    _ configuration: SequenceConfiguration
  ) throws -> SequenceGenerator {
    var noise = Philox(seed: configuration.seed, stream: .weights)
    var generator = SequenceGenerator(configuration, vocabulary: vocabulary, using: &noise)
    try content.restore(&generator, under: part.rawValue, ignoring: part.others)
    if let name = generator.firstNonFinite {
      throw Failure(.failedCheck, "\(content.path): '\(part.rawValue).\(name)' is not finite")
    }
    return generator
  }

  /// The generator as it was before its first adversarial step; `nil` while there was none.
  public func pretrained() throws -> SequenceGenerator? {
    isAdversarial
      ? try TrainedSequences.generator(
        .pretraining, of: generator.vocabulary, in: Checkpoint.content(of: folder.lastCheckpoint),
        configuration) : nil
  }

  /// The data that the run learned from, drawn or read again.
  ///
  /// - Throws: `FormatError` for files that cannot be read, `Failure` where their tokens are not
  ///   those of the generator any more.
  public func data(_ stop: StopCheck = .never) throws -> SequenceData {
    let data = try SequenceData(configuration, stop)
    try check(data)
    return data
  }

  /// Throws unless the generator has the tokens of some data.
  func check(_ data: SequenceData) throws {
    guard generator.vocabulary == data.vocabulary else {
      throw Failure(
        .badData,
        "\(folder.path): the data have \(data.vocabulary) tokens, the model \(generator.vocabulary)"
      )
    }
    guard texts?.vocabulary == data.texts?.vocabulary else {
      throw Failure(.badData, "\(folder.path): the data have other tokens than the model")
    }
  }

  /// The figures of the run's evaluations, of the last checkpoint; throws where one is not finite.
  public func evaluate() throws -> [JSON.Member] {
    var noise = configuration.evaluationNoise
    let figures = try SequenceFigures(
      of: generator, on: data(), samples: configuration.evaluationSequences, using: &noise)
    try figures.checkFinite { "\(folder.path): \($0)" }
    return figures.members
  }
}

// MARK: Sampling

extension TrainedSequences {
  /// Sequences that begin with a prefix.
  ///
  /// - Parameters:
  ///   - prefix: text, cut as the data were, or for an oracle's tokens numbers with commas between.
  ///   - length: tokens of a sequence, those of the prefix among them; as in training by default.
  ///   - seed: equal seeds give equal sequences.
  /// - Throws: `Failure` for a prefix with unknown tokens or more than a sequence has, and where
  ///   the sequences would take more than a gibibyte.
  public func sample(
    _ count: Int, prefix: String = "", length: Int? = nil, rule: SamplingRule = SamplingRule(),
    seed: UInt64 = 1
  ) throws -> DrawnSequences {
    let generator = try generator(length: length)
    let start = try tokens(of: prefix, atMost: generator.length)
    try checkMemory(of: count, length: generator.length)
    var noise = Philox(seed: seed)
    let prefixes = Classes(
      Indices(
        [[Int]](repeating: start, count: count).flatMap { $0 }, shape: [count, start.count]),
      classCount: generator.vocabulary)
    return DrawnSequences(generator.completing(prefixes, by: rule, using: &noise), texts: texts)
  }

  /// Sequences without replacement, those found first before others; fewer where there are not so
  /// many.
  ///
  /// - Throws: `Failure` where the search would take more than a gibibyte.
  public func distinct(
    _ count: Int, length: Int? = nil, temperature: Double = 1, seed: UInt64 = 1
  ) throws -> DrawnSequences {
    let generator = try generator(length: length)
    try checkMemory(of: count, length: generator.length)
    // The beam holds the log-probabilities of all next tokens, in double precision.
    let most = max(1, MemoryBudget.numbers / 2 / generator.vocabulary)
    guard count <= most else {
      throw Failure(
        .usage,
        "count is '\(count)', at most \(most) of \(generator.vocabulary) tokens are drawn without replacement"
      )
    }
    var noise = Philox(seed: seed)
    let found = generator.atTemperature(temperature).distinct(count, using: &noise)
    return DrawnSequences(found.sequences, texts: texts)
  }

  private func generator(length: Int?) throws(Failure) -> SequenceGenerator {
    guard let length else { return generator }
    guard length >= 1 else {
      throw Failure(.usage, "length is '\(length)', not a whole number of 1 or more")
    }
    return generator.ofLength(length)
  }

  private func checkMemory(of count: Int, length: Int) throws(Failure) {
    if let excess = MemoryBudget.excess(
      "\(count) sequences of \(length)", [[4, count, length]])
    {
      throw Failure(.usage, excess)
    }
  }

  /// The tokens of a prefix, which must leave nothing beyond the length.
  private func tokens(of prefix: String, atMost length: Int) throws -> [Int] {
    let tokens: [Int]
    if let texts {
      tokens = try texts.unit.split(prefix).map { text in
        guard let token = texts.vocabulary.token(of: text) else {
          throw Failure(.usage, "prefix has '\(text)', which the text had not")
        }
        return token
      }
    } else {
      let parts =
        prefix.isEmpty ? [] : prefix.split(separator: ",", omittingEmptySubsequences: false)
      tokens = try parts.map { part in
        guard let token = Int(part), (0..<generator.vocabulary).contains(token) else {
          throw Failure(
            .usage, "prefix has '\(part)', not a token from 0 to \(generator.vocabulary - 1)")
        }
        return token
      }
    }
    guard tokens.count <= length else {
      throw Failure(.usage, "prefix has \(tokens.count) tokens, sequences have \(length)")
    }
    return tokens
  }
}

extension SequenceGenerator {
  /// A generator as a configuration wants it.
  init(
    _ configuration: SequenceConfiguration, vocabulary: Int, using generator: inout Philox
  ) {
    self.init(
      vocabulary: vocabulary, length: configuration.length, embeddingSize: configuration.embedding,
      units: configuration.hidden, end: configuration.end, using: &generator)
  }
}
