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
  let characters: [Character]?

  init(run path: String) throws {
    folder = try RunFolder(opening: path)
    configuration = try SequenceConfiguration(of: folder)
    let file = folder.generatorCheckpoint
    guard let vocabulary = try Checkpoint.metadata(of: file)["vocabulary"].flatMap(Int.init),
      (1...10_000_000).contains(vocabulary)
    else { throw FormatError(.malformed, "\(file): no vocabulary in its metadata") }
    var noise = Philox(seed: 0)
    var generator = SequenceGenerator(configuration, vocabulary: vocabulary, using: &noise)
    _ = try Checkpoint.restore(&generator, from: file)
    self.generator = generator
    guard configuration.data != nil else {
      characters = nil
      return
    }
    let texts = (try folder.read(folder.vocabularyFile).array ?? []).compactMap(\.string)
    guard texts.count == vocabulary, texts.allSatisfy({ $0.count == 1 }) else {
      throw FormatError(
        .malformed,
        "\(folder.file(folder.vocabularyFile)): not the \(vocabulary) characters of the model")
    }
    characters = texts.map { Character($0) }
  }

  /// The tokens of a prefix, which must leave nothing beyond the length.
  func tokens(of prefix: String) throws -> [Int] {
    let tokens: [Int]
    if let characters {
      tokens = try prefix.map { character in
        guard let token = characters.firstIndex(of: character) else {
          throw CommandFailure(.usage, "prefix has '\(character)', which the text had not")
        }
        return token
      }
    } else {
      let parts =
        prefix.isEmpty ? [] : prefix.split(separator: ",", omittingEmptySubsequences: false)
      tokens = try parts.map { part in
        guard let token = Int(part), (0..<generator.vocabulary).contains(token) else {
          throw CommandFailure(
            .usage, "prefix has '\(part)', not a token from 0 to \(generator.vocabulary - 1)")
        }
        return token
      }
    }
    guard tokens.count <= generator.length else {
      throw CommandFailure(
        .usage, "prefix has \(tokens.count) tokens, sequences have \(generator.length)")
    }
    return tokens
  }
}
