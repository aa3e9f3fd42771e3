import Datasets

/// A text as the sequences of a model, and the bytes that these leave out.
///
/// What the tokens give is the text less some bytes: characters and words that the vocabulary has
/// not, and what follows the longest sequence of a line. These stand beside, each run of them with
/// its place, so that any text comes back byte for byte.
struct TextPieces: Equatable {
  /// Sequences [n · length], filled up with the end.
  private(set) var sequences: [Int32] = []
  /// The last sequence of a text without ends, shorter than the others.
  private(set) var rest: [Int32] = []
  /// Runs of bytes that the tokens leave out.
  ///
  /// For each stand how many bytes of the tokens' text come before it, its length, and the bytes.
  /// Numbers have 7 bits a byte, the lowest first, the highest bit set where more follow.
  private(set) var omitted: [UInt8] = []

  init(_ text: String, of texts: SequenceTexts, length: Int) {
    var omission = Omission()
    if let end = texts.vocabulary.end {
      let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        if number > 0 { omission.keep(1) }
        var tokens = texts.tokens(of: Substring(line), atMost: length, &omission)
        tokens += [Int32](repeating: Int32(end), count: length - tokens.count)
        sequences += tokens
      }
    } else {
      let tokens = texts.tokens(of: text[...], atMost: .max, &omission)
      let whole = tokens.count / length * length
      sequences = Array(tokens[..<whole])
      rest = Array(tokens[whole...])
    }
    omitted = omission.finished()
  }

  init(sequences: [Int32], rest: [Int32], omitted: [UInt8]) {
    (self.sequences, self.rest, self.omitted) = (sequences, rest, omitted)
  }

  /// The text in UTF-8; `nil` where the omitted bytes have no place in it.
  func text(by texts: SequenceTexts, length: Int) -> [UInt8]? {
    var kept: [UInt8] = []
    if texts.vocabulary.end != nil {
      for start in stride(from: 0, to: sequences.count, by: length) {
        if start > 0 { kept.append(10) }
        kept += texts.bytes(of: sequences[start..<start + length])
      }
    } else {
      kept = texts.bytes(of: (sequences + rest)[...])
    }
    var (result, place): ([UInt8], Int) = ([], 0)
    var rest = omitted[...]
    while !rest.isEmpty {
      guard let count = rest.popNumber(), let size = rest.popNumber(),
        count <= kept.count - place, size <= rest.count
      else { return nil }
      result += kept[place..<place + count]
      result += rest.prefix(size)
      (place, rest) = (place + count, rest.dropFirst(size))
    }
    return result + kept[place...]
  }
}

/// Bytes that are kept and left out, in the order of a text.
private struct Omission {
  private var runs: [UInt8] = []
  private var before = 0
  private var run: [UInt8] = []

  mutating func keep(_ bytes: Int) {
    close()
    before += bytes
  }

  mutating func omit(_ bytes: some Sequence<UInt8>) { run += bytes }

  mutating func finished() -> [UInt8] {
    close()
    return runs
  }

  private mutating func close() {
    guard !run.isEmpty else { return }
    runs.append(number: before)
    runs.append(number: run.count)
    runs += run
    (before, run) = (0, [])
  }
}

extension [UInt8] {
  fileprivate mutating func append(number: Int) {
    var rest = number
    while rest >= 128 {
      append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

extension ArraySlice<UInt8> {
  /// Takes a number off the front; `nil` where none stands there.
  fileprivate mutating func popNumber() -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 56, by: 7) {
      guard let byte = popFirst() else { return nil }
      value |= Int(byte & 127) << shift
      if byte < 128 { return value }
    }
    return nil
  }
}

extension SequenceTexts {
  /// The tokens of a line or a running text, and what they leave out.
  fileprivate func tokens(
    of text: Substring, atMost length: Int, _ omission: inout Omission
  ) -> [Int32] {
    unit == .words
      ? words(of: text, atMost: length, &omission)
      : characters(of: text, atMost: length, &omission)
  }

  private func characters(
    of text: Substring, atMost length: Int, _ omission: inout Omission
  ) -> [Int32] {
    var tokens: [Int32] = []
    for character in text {
      let character = String(character)
      if tokens.count < length, let token = exactToken(of: character) {
        tokens.append(token)
        omission.keep(character.utf8.count)
      } else {
        omission.omit(character.utf8)
      }
    }
    return tokens
  }

  /// Words are what stands between single spaces; one that is not known has a token all the same.
  private func words(
    of text: Substring, atMost length: Int, _ omission: inout Omission
  ) -> [Int32] {
    guard !text.isEmpty else { return [] }
    var tokens: [Int32] = []
    for (place, word) in text.utf8.split(separator: 32, omittingEmptySubsequences: false)
      .enumerated()
    {
      guard place < length else {
        omission.omit([32])
        omission.omit(word)
        continue
      }
      if place > 0 { omission.keep(1) }
      if let token = exactToken(of: String(Substring(word))) {
        omission.keep(word.count)
        tokens.append(token)
      } else {
        omission.omit(word)
        tokens.append(Int32(vocabulary.unknown ?? 0))
      }
    }
    return tokens
  }

  /// The token of a text; `nil` where it has none, or one of which other bytes stand for the same
  /// characters.
  private func exactToken(of text: String) -> Int32? {
    guard let token = vocabulary.token(of: text), token != vocabulary.unknown,
      vocabulary.texts[token].utf8.elementsEqual(text.utf8)
    else { return nil }
    return Int32(token)
  }

  /// The text of some tokens up to the end, of which an unknown one has none.
  fileprivate func bytes(of tokens: ArraySlice<Int32>) -> [UInt8] {
    let separator = Array(unit.separator.utf8)
    let known = tokens.prefix { Int($0) != vocabulary.end }
    return Array(
      known.map { token -> [UInt8] in
        Int(token) == vocabulary.unknown ? [] : Array(vocabulary.texts[Int(token)].utf8)
      }.joined(separator: separator))
  }
}
