public import Runs

/// A program with its arguments, as it stands on a command line.
public struct Program: Sendable, Equatable {
  /// The text it was made from.
  public let text: String
  let words: [String]

  private static let place = "{}"

  /// A program whose text is split at spaces, with quotes and backslashes as in a shell and nothing
  /// else: no variables, no patterns, no pipes.
  ///
  /// With `throughShell` it is all a shell's.
  ///
  /// - Throws: `Failure` of kind `usage` where it is empty or a quote is not closed.
  public init(_ text: String, throughShell: Bool = false) throws(Failure) {
    self.text = text
    words = throughShell ? ["/bin/sh", "-c", text] : try Program.split(text)
    guard text.contains(where: { $0 != " " }), words.first != "" else {
      throw Failure(.usage, "the program of the cost is empty")
    }
  }

  /// The words with a point in place of `{}`, or behind them where there is none.
  func words(for point: String) -> [String] {
    guard words.contains(where: { $0.contains(Program.place) }) else { return words + [point] }
    return words.map { word in
      word.split(separator: Program.place, omittingEmptySubsequences: false)
        .joined(separator: point)
    }
  }

  private static func split(_ text: String) throws(Failure) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !isEscaped else {
      throw Failure(.usage, "'\(text)': a quote or backslash at its end is not closed")
    }
    return words + (word.map { [$0] } ?? [])
  }
}
