/// The words of a text of numbers one after the other, with the lines they stand in.
struct NumberWords {
  private let path: String
  private var words: [(line: Int, text: ArraySlice<UInt8>)] = []
  private var place = 0

  /// The words of a file, plain or gzip.
  ///
  /// - Parameter isComment: whether a line is left out.
  init(_ path: String, without isComment: (ArraySlice<UInt8>) -> Bool = { _ in false })
    throws(FormatError)
  {
    let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
    self.init(path, lines: try TextLines(bytes, path: path).filter { !isComment($0.text) })
  }

  /// The words of some lines of a file.
  init(_ path: String, lines: some Sequence<(number: Int, text: ArraySlice<UInt8>)>) {
    self.path = path
    for (number, line) in lines {
      words += line.split { $0 == 0x20 || $0 == 0x09 }.map { (number, $0) }
    }
  }

  var isAtEnd: Bool { place == words.count }

  /// Whether the next word stands in the line of the latest.
  var hasMoreInLine: Bool {
    place > 0 && !isAtEnd && words[place].line == words[place - 1].line
  }

  /// An error at the latest word.
  func error(_ sentence: String) -> FormatError {
    .malformed(path, line: words.prefix(max(1, place)).last?.line ?? 1, sentence)
  }

  /// The next word; throws at the end.
  mutating func word(_ what: String) throws(FormatError) -> String {
    guard place < words.count else {
      throw error("the file ends, expected \(what)")
    }
    place += 1
    return String(decoding: words[place - 1].text, as: UTF8.self)
  }

  /// The next word as a whole number of a range.
  mutating func whole(_ what: String, in range: ClosedRange<Int>) throws(FormatError) -> Int {
    let text = try word(what)
    guard let value = Int(text), range.contains(value) else {
      throw error(
        "'\(text.prefix(40))', expected \(what), a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return value
  }

  /// The next word as a finite number.
  mutating func number(_ what: String) throws(FormatError) -> Double {
    let text = try word(what)
    guard let value = Double(text), value.isFinite else {
      throw error("'\(text.prefix(40))', expected \(what), a number")
    }
    return value
  }

  /// Throws unless all words were taken.
  mutating func end(after what: String) throws(FormatError) {
    guard !isAtEnd else { return }
    let stray = try word("nothing")
    throw error("'\(stray.prefix(40))' after \(what)")
  }
}
