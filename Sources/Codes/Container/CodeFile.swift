package import Formats

/// A message in a file: magic and version, a header in JSON, states and words in blocks, everything
/// under a checksum; integers are little-endian.
///
/// Nothing of a damaged file is decoded: all checksums and the length are checked first.
package struct CodeFile {
  package let header: CodeHeader
  package let message: ANS

  private static let magic: [UInt8] = [0x89] + Array("DSC\r\n\u{1a}\n".utf8)
  private static let version: UInt32 = 1
  private static let wordsOfBlock = 1 << 16

  package init(_ header: CodeHeader, _ message: ANS) {
    self.header = header
    self.message = message
  }

  package var bytes: [UInt8] {
    let text = Array(header.json.description.utf8)
    var result = CodeFile.magic
    result.append(CodeFile.version)
    result.append(UInt32(text.count))
    result += text
    result.append(checksum: result[...])
    for block in CodeFile.blocks(of: header) {
      let start = result.count
      for place in block {
        result.append(
          place < 2 * header.lanes
            ? UInt32(
              truncatingIfNeeded: message.states[place / 2] >> UInt64(32 * (place % 2)))
            : message.words[place - 2 * header.lanes])
      }
      result.append(checksum: result[start...])
    }
    return result
  }

  /// Reads a file whole.
  ///
  /// - Throws: `FormatError` where it is missing, no such file, of another version, cut off,
  ///   damaged or too long.
  package init(_ path: String) throws(FormatError) {
    try self.init(parsing: storedBytes(path), path: path)
  }

  package init(parsing bytes: [UInt8], path: String) throws(FormatError) {
    var input = Reader(bytes: bytes, path: path)
    guard bytes.starts(with: CodeFile.magic) else {
      throw .malformed(path, "does not begin as a compressed file does")
    }
    input.place = CodeFile.magic.count
    let version = try input.word()
    guard version == CodeFile.version else {
      throw .malformed(path, "version \(version), expected \(CodeFile.version)")
    }
    let length = Int(try input.word())
    guard length <= 1 << 16, bytes.count - input.place >= length else {
      throw .malformed(path, "ends within its header, or the header is damaged")
    }
    let text = bytes[input.place..<input.place + length]
    input.place += length
    try input.check(from: 0, "the header")
    guard let json = try? JSON(parsing: text) else {
      throw .malformed(path, "its header is not JSON")
    }
    header = try CodeHeader(json, path: path)
    var numbers: [UInt32] = []
    let blocks = CodeFile.blocks(of: header)
    let size = 4 * (2 * header.lanes + header.words + blocks.count)
    guard bytes.count - input.place == size else {
      throw .malformed(
        path, "\(bytes.count - input.place) bytes behind the header, expected \(size)")
    }
    for (number, block) in blocks.enumerated() {
      let start = input.place
      for _ in block { numbers.append(try input.word()) }
      try input.check(from: start, "block \(number + 1) of \(blocks.count)")
    }
    let states = (0..<header.lanes).map {
      UInt64(numbers[2 * $0]) | UInt64(numbers[2 * $0 + 1]) << 32
    }
    do {
      message = try ANS(states: states, words: Array(numbers[(2 * header.lanes)...]))
    } catch {
      throw .malformed(path, "\(error)")
    }
  }

  private static func blocks(of header: CodeHeader) -> [Range<Int>] {
    let count = 2 * header.lanes + header.words
    return stride(from: 0, to: count, by: wordsOfBlock).map { $0..<min(count, $0 + wordsOfBlock) }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ word: UInt32) {
    for shift in 0..<4 { append(UInt8(truncatingIfNeeded: word >> UInt32(8 * shift))) }
  }

  fileprivate mutating func append(checksum bytes: ArraySlice<UInt8>) {
    append(CodeFile.checksum(bytes))
  }
}

extension CodeFile {
  fileprivate static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }

  private struct Reader {
    let bytes: [UInt8]
    let path: String
    var place = 0

    mutating func word() throws(FormatError) -> UInt32 {
      guard bytes.count - place >= 4 else {
        throw .malformed(path, "ends after \(bytes.count) bytes, in the middle of a number")
      }
      defer { place += 4 }
      return (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }

    /// Reads the checksum of what was read from a place on.
    mutating func check(from start: Int, _ what: String) throws(FormatError) {
      let found = CodeFile.checksum(bytes[start..<place])
      guard try word() == found else { throw .malformed(path, "\(what) is damaged") }
    }
  }
}
