/// The lines of a text in UTF-8, with or without a byte order mark, ended by LF or CRLF.
struct TextLines: Sequence, IteratorProtocol {
  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var number = 0

  /// Throws `FormatError` when the bytes are no UTF-8 or hold a zero.
  init(_ bytes: [UInt8], path: String) throws(FormatError) {
    guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
      throw .malformed(path, "is not text in UTF-8")
    }
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    self.bytes = bytes[(mark ? 3 : 0)...]
    place = self.bytes.startIndex
  }

  /// The next line without its end and without spaces around it, and its number from 1.
  mutating func next() -> (number: Int, text: ArraySlice<UInt8>)? {
    guard place < bytes.endIndex else { return nil }
    let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let line = bytes[place..<end]
    place = end + 1
    number += 1
    return (number, line.trimmed)
  }
}

extension ArraySlice<UInt8> {
  /// Without spaces, tabs and carriage returns at both ends.
  var trimmed: ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var slice = self
    while let first = slice.first, isSpace(first) { slice.removeFirst() }
    while let last = slice.last, isSpace(last) { slice.removeLast() }
    return slice
  }

  /// The whole slice as a number of decimal digits; `nil` when it is something else or does not
  /// fit.
  var wholeNumber: Int? {
    guard !isEmpty else { return nil }
    var value = 0
    for byte in self {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !isTooLarge, !isOver else { return nil }
      value = sum
    }
    return value
  }

  /// The text for an error, at most 40 characters of it.
  var excerpt: String {
    let text = String(decoding: self, as: UTF8.self)
    return text.count > 40 ? "\(text.prefix(37))..." : text
  }
}
