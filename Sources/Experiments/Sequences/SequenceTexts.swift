import Datasets
import Formats
public import Stochastics
import Tensors

/// The texts that the tokens of a text model stand for.
struct SequenceTexts: Sendable {
  let unit: SequenceUnit
  let vocabulary: Vocabulary
  /// Whether they are strings of the grammar of molecules.
  let isGrammar: Bool

  /// The file of a run with the texts of its tokens.
  static let fileName = "vocabulary.json"

  /// A JSON list of texts, as a run leaves in `vocabulary.json`; what the unit needs beside them is
  /// put before.
  static func vocabulary(_ path: String, unit: SequenceUnit) throws -> Vocabulary {
    guard let list = try JSON(file: path).array, !list.isEmpty else {
      throw FormatError(.malformed, "\(path): not a list of texts, which a vocabulary is")
    }
    var texts: [String] = []
    if unit.hasEnd { texts.append(Vocabulary.endText) }
    if unit.hasUnknown { texts.append(Vocabulary.unknownText) }
    var seen = Set(texts)
    let special = seen
    for (place, item) in list.enumerated() {
      guard let text = item.string else {
        throw FormatError(.malformed, "\(path): item \(place) is not text")
      }
      if special.contains(text) { continue }
      guard unit.split(text) == [text] else {
        throw FormatError(
          .malformed, "\(path): item \(place), '\(text)', is not one of \(unit.rawValue)")
      }
      guard seen.insert(text).inserted else {
        throw FormatError(.malformed, "\(path): '\(text)' stands there twice")
      }
      texts.append(text)
    }
    return Vocabulary(texts)
  }

  /// Sequences of tokens, filled up with the end.
  func sequences(_ tokens: [[Int]], of configuration: SequenceConfiguration) -> Classes {
    let length = configuration.length
    let end = Int32(vocabulary.end ?? 0)
    let indices = Indices(shape: [tokens.count, length]) { buffer in
      buffer.update(repeating: end)
      for (row, tokens) in tokens.enumerated() {
        for (step, token) in tokens.enumerated() { buffer[row * length + step] = Int32(token) }
      }
    }
    return Classes(indices, classCount: vocabulary.count)
  }

  /// The text of some tokens, up to the end.
  func text(of tokens: some Sequence<Int32>) -> String {
    tokens.prefix { Int($0) != vocabulary.end }.map { vocabulary.texts[Int($0)] }
      .joined(separator: unit.separator)
  }

  /// How many of the sequences [n, length] the grammar allows; `nil` where there is none.
  func validShare(of sequences: Classes) -> Double? {
    guard isGrammar else { return nil }
    let valid = sequences.rows.count { MoleculeGrammar.fault(in: text(of: $0)) == nil }
    return Double(valid) / Double(sequences.shape[0])
  }
}

/// Sequences that were drawn, as tokens and as people read them.
public struct DrawnSequences: Sendable {
  /// Shape [count, length], filled up after their ends.
  public let tokens: Classes
  /// The text of each, up to its end; `nil` where tokens stand for nothing, as those of an oracle.
  public let texts: [String]?

  init(_ tokens: Classes, texts: SequenceTexts?) {
    self.tokens = tokens
    self.texts = texts.map { texts in tokens.rows.map { texts.text(of: $0) } }
  }

  /// Each sequence as a line: its text, or else the numbers of its tokens.
  public var lines: [String] {
    texts ?? tokens.rows.map { row in row.map { "\($0)" }.joined(separator: " ") }
  }
}

extension Classes {
  /// The tokens of each sequence [n, length].
  package var rows: [ArraySlice<Int32>] {
    let length = shape[1]
    return (0..<shape[0]).map { indices.values[$0 * length..<($0 + 1) * length] }
  }
}
