import Formats

/// The unit of a text, and how the text is cut into sequences.
public enum SequenceUnit: String, Sendable, CaseIterable {
  /// Running text by character, in pieces of one length.
  case characters
  /// Characters, every line a sequence with an end.
  case lines
  /// Words between spaces, every line a sequence with an end.
  case words
  /// The letters of FASTA records, in pieces of one length.
  case bases

  /// Whether sequences end before their longest length, by a token of its own.
  public var hasEnd: Bool { self == .lines || self == .words }

  /// Whether there is a token for texts that are not in the vocabulary.
  public var hasUnknown: Bool { self == .words }

  /// The separator between the texts of two tokens.
  public var separator: String { self == .words ? " " : "" }

  /// The texts of the tokens of a prefix or a line.
  public func split(_ text: some StringProtocol) -> [String] { split(text, pause: {}) }

  private func split(
    _ text: some StringProtocol, pause: () throws -> Void
  ) rethrows -> [String] {
    switch self {
    case .characters, .lines, .bases: try texts(of: text, pause: pause) { String($0) }
    case .words: text.split(whereSeparator: \.isWhitespace).map { String($0) }
    }
  }

  /// A text for each item, with a pause before every few thousand.
  private func texts<Items: Sequence>(
    of items: Items, pause: () throws -> Void, _ text: (Items.Element) -> String
  ) rethrows -> [String] {
    var result: [String] = []
    for item in items {
      if result.count.isMultiple(of: 1 << 14) { try pause() }
      result.append(text(item))
    }
    return result
  }

  /// The sequences of a file, or for characters and lines of a folder of sources, without ends.
  ///
  /// Blank lines are left out, and so is the rest of a running text or record after its last
  /// whole piece.
  ///
  /// - Parameter length: of pieces, and the most that a line may have.
  /// - Throws: `FormatError` when the file is missing, not what it should be, or a line of it is
  ///   too long; and when its texts take more than a gibibyte.
  public func sequences(of path: String, length: Int) throws -> [[String]] {
    try reading(path, length: length).sequences
  }

  /// As `sequences(of:length:)`, and how many of how many records are shorter than one piece, of
  /// which nothing is left; `pause` is called on the way, and what it throws ends the reading.
  package func reading(
    _ path: String, length: Int, pause: () throws -> Void = {}
  ) throws -> (sequences: [[String]], short: Int, records: Int) {
    switch self {
    case .bases: return try reading(records: path, length: length, pause: pause)
    case .characters:
      return (pieces(try split(try text(at: path), pause: pause), of: length), 0, 0)
    case .lines, .words: return (try lines(of: path, length: length, pause: pause), 0, 0)
    }
  }

  private func reading(
    records path: String, length: Int, pause: () throws -> Void
  ) throws -> (sequences: [[String]], short: Int, records: Int) {
    let records = try FASTA.records(path)
    let letters = records.reduce(0) { $0 + $1.letters.count }
    if let excess = MemoryBudget.excess(
      "\(letters) letters as sequences", [[letters, SequenceUnit.bytesPerText]], width: 1)
    {
      throw FormatError(.malformed, "\(path): \(excess)")
    }
    let sequences = try records.flatMap { record in
      pieces(
        try texts(of: record.letters, pause: pause) { String(UnicodeScalar($0)) }, of: length)
    }
    return (sequences, records.count { $0.letters.count < length }, records.count)
  }

  /// A text of its own for every token, and twice its number.
  private static let bytesPerText = 32

  private func lines(
    of path: String, length: Int, pause: () throws -> Void
  ) throws -> [[String]] {
    var result: [[String]] = []
    let lines = try text(at: path).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, line) in lines.enumerated() {
      if place.isMultiple(of: 1000) { try pause() }
      let texts = split(line)
      guard texts.count <= length else {
        let kind = self == .words ? "words" : "characters"
        throw FormatError(
          .malformed,
          "\(path): line \(place + 1) has \(texts.count) \(kind), more than the length of \(length)"
        )
      }
      if !texts.isEmpty { result.append(texts) }
    }
    return result
  }

  private func pieces(_ texts: [String], of length: Int) -> [[String]] {
    stride(from: 0, through: texts.count - length, by: length).map {
      Array(texts[$0..<$0 + length])
    }
  }
}
