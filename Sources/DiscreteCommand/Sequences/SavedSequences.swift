import Datasets
import Formats
import Learning
import Models
import Runs
import Tensors

/// The trained generator in a run folder.
struct SavedSequences {
  let folder: RunFolder
  let configuration: SequenceConfiguration
  let generator: SequenceGenerator
  /// What the tokens of a text model are.
  let texts: SequenceTexts?

  init(run path: String) throws {
    folder = try RunFolder(opening: path)
    configuration = try SequenceConfiguration(of: folder)
    generator = try SavedSequences.generator(folder.generatorCheckpoint, configuration)
    let vocabulary = generator.vocabulary
    guard let data = configuration.data else {
      texts = nil
      return
    }
    let path = folder.file(folder.vocabularyFile)
    let words = try SequenceTexts.vocabulary(path, unit: configuration.unit)
    guard words.count == vocabulary else {
      throw FormatError(
        .malformed, "\(path): \(words.count) tokens, expected the \(vocabulary) of the model")
    }
    texts = SequenceTexts(
      unit: configuration.unit, vocabulary: words,
      isGrammar: data == SequenceConfiguration.molecules)
  }

  private static func generator(
    _ file: String, _ configuration: SequenceConfiguration
  ) throws -> SequenceGenerator {
    let outline = try Checkpoint.outline(of: file)
    let vocabulary = try outline.size("vocabulary")
    try outline.checkAxis(vocabulary, "\(vocabulary) tokens")
    try configuration.checkMemory(vocabulary: vocabulary)
    var noise = Philox(seed: 0)
    var generator = SequenceGenerator(configuration, vocabulary: vocabulary, using: &noise)
    _ = try Checkpoint.restore(&generator, from: file)
    try generator.checkFinite(in: file)
    return generator
  }

  /// The generator as it was before its first adversarial step; `nil` before that.
  func pretrained() throws -> SequenceGenerator? {
    try fileExists(folder.pretrainedCheckpoint)
      ? SavedSequences.generator(folder.pretrainedCheckpoint, configuration) : nil
  }

  /// The data that the run learned from, read again; throws where the generator does not fit them any more.
  func data() throws -> SequenceData {
    let data = try SequenceData(configuration)
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
    try data.check(texts?.vocabulary, of: folder.path)
  }

  /// The tokens of a prefix, which must leave nothing beyond the length.
  func tokens(of prefix: String) throws -> [Int] {
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
    guard tokens.count <= generator.length else {
      throw Failure(
        .usage, "prefix has \(tokens.count) tokens, sequences have \(generator.length)")
    }
    return tokens
  }
}
