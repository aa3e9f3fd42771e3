public import Formats

/// What a text is made of, and how it is cut into sequences.
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

  /// What stands between the texts of two tokens.
  public var separator: String { self == .words ? " " : "" }

  /// The texts of the tokens of a prefix or a line.
  public func split(_ text: some StringProtocol) -> [String] {
    switch self {
    case .characters, .lines, .bases: text.map { String($0) }
    case .words: text.split(whereSeparator: \.isWhitespace).map { String($0) }
    }
  }

  /// The sequences of a file, or for characters and lines of a folder of sources, without ends.
  ///
  /// Blank lines are left out, and so is what is left of a running text or record after its last whole piece.
  ///
  /// - Parameter length: of pieces, and the most that a line may have.
  /// - Throws: `FormatError` when the file is missing, not what it should be, or a line of it is too long.
  public func sequences(of path: String, length: Int) throws(FormatError) -> [[String]] {
    switch self {
    case .characters:
      return pieces(split(try text(at: path)), of: length)
    case .bases:
      return try FASTA.records(path).flatMap { record in
        pieces(record.letters.map { String(UnicodeScalar($0)) }, of: length)
      }
    case .lines, .words:
      var result: [[String]] = []
      let lines = try text(at: path).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for (place, line) in lines.enumerated() {
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
  }

  private func pieces(_ texts: [String], of length: Int) -> [[String]] {
    stride(from: 0, through: texts.count - length, by: length).map {
      Array(texts[$0..<$0 + length])
    }
  }
}
