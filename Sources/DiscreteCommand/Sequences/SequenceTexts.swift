import Datasets
import Formats
import Stochastics
import Tensors

/// What the tokens of a text model stand for.
struct SequenceTexts {
  let unit: SequenceUnit
  let vocabulary: Vocabulary
  /// Whether they are strings of the grammar of molecules.
  let isGrammar: Bool

  /// A JSON list of texts, as a run leaves in `vocabulary.json`; what the unit needs beside them is put before.
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
        throw FormatError(.malformed, "\(path): item \(place) is no text")
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
    let (rows, length) = (sequences.shape[0], sequences.shape[1])
    let valid = (0..<rows).filter { row in
      let tokens = sequences.indices.values[row * length..<(row + 1) * length]
      return MoleculeGrammar.fault(in: text(of: tokens)) == nil
    }
    return Double(valid.count) / Double(rows)
  }
}
