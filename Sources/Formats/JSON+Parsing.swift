extension JSON {
  /// Why a text is not JSON, and at which byte.
  public struct ParsingError: Error, Sendable, CustomStringConvertible {
    public let offset: Int
    public let message: String
    public var description: String { "\(message) at byte \(offset)" }
  }

  /// Parses one value strictly: UTF-8, no trailing text, no key twice, nested at most 64 deep.
  public init(parsing bytes: some Collection<UInt8>) throws(ParsingError) {
    let bytes = Array(bytes)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ParsingError(offset: 0, message: "not UTF-8")
    }
    var parser = Parser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.place == bytes.count else { throw parser.error("text after the value") }
  }

  /// The value of a file, plain or gzip; throws `FormatError` where it is missing or not JSON.
  public init(file path: String) throws(FormatError) {
    let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
    do {
      try self.init(parsing: bytes)
    } catch {
      throw FormatError(.malformed, "\(path): not JSON: \(error)")
    }
  }

  private struct Parser {
    let bytes: [UInt8]
    var place = 0

    static let deepest = 64

    func error(_ message: String) -> ParsingError { ParsingError(offset: place, message: message) }

    var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        place += 1
      }
    }

    mutating func expect(_ byte: UInt8) throws(ParsingError) {
      guard next == byte else {
        throw error("'\(Character(UnicodeScalar(byte)))' expected")
      }
      place += 1
    }

    mutating func value(depth: Int) throws(ParsingError) -> JSON {
      guard depth < Parser.deepest else { throw error("nested over \(Parser.deepest) deep") }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return try object(depth: depth)
      case UInt8(ascii: "["): return try array(depth: depth)
      case UInt8(ascii: "\""): return .string(try text())
      case UInt8(ascii: "t"): return try word("true", .bool(true))
      case UInt8(ascii: "f"): return try word("false", .bool(false))
      case UInt8(ascii: "n"): return try word("null", .null)
      default: return try number()
      }
    }

    mutating func word(_ word: String, _ value: JSON) throws(ParsingError) -> JSON {
      guard bytes[place...].starts(with: word.utf8) else { throw error("a value expected") }
      place += word.utf8.count
      return value
    }

    mutating func object(depth: Int) throws(ParsingError) -> JSON {
      try expect(UInt8(ascii: "{"))
      var members: [Member] = []
      var keys: Set<String> = []
      skipSpace()
      if next == UInt8(ascii: "}") {
        place += 1
        return .object([])
      }
      while true {
        skipSpace()
        let key = try text()
        guard keys.insert(key).inserted else { throw error("the key '\(key)' a second time") }
        skipSpace()
        try expect(UInt8(ascii: ":"))
        members.append(Member(key, try value(depth: depth + 1)))
        skipSpace()
        if next == UInt8(ascii: ",") {
          place += 1
          continue
        }
        try expect(UInt8(ascii: "}"))
        return .object(members)
      }
    }

    mutating func array(depth: Int) throws(ParsingError) -> JSON {
      try expect(UInt8(ascii: "["))
      var values: [JSON] = []
      skipSpace()
      if next == UInt8(ascii: "]") {
        place += 1
        return .array([])
      }
      while true {
        values.append(try value(depth: depth + 1))
        skipSpace()
        if next == UInt8(ascii: ",") {
          place += 1
          continue
        }
        try expect(UInt8(ascii: "]"))
        return .array(values)
      }
    }

    mutating func text() throws(ParsingError) -> String {
      try expect(UInt8(ascii: "\""))
      var result: [UInt8] = []
      while let byte = next {
        place += 1
        switch byte {
        case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
        case UInt8(ascii: "\\"): result.append(contentsOf: try escape().utf8)
        case 0..<0x20: throw error("a control character in a string")
        default: result.append(byte)
        }
      }
      throw error("a string without end")
    }

    mutating func escape() throws(ParsingError) -> String {
      guard let byte = next else { throw error("a string without end") }
      place += 1
      switch byte {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{c}"
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
        return String(UnicodeScalar(byte))
      case UInt8(ascii: "u"):
        let high = try unit()
        if !(0xD800..<0xE000).contains(high) {
          return UnicodeScalar(high).map { String($0) } ?? "\u{FFFD}"
        }
        guard high < 0xDC00, bytes[place...].starts(with: "\\u".utf8) else {
          throw error("half of a surrogate pair")
        }
        place += 2
        let low = try unit()
        guard (0xDC00..<0xE000).contains(low),
          let scalar = UnicodeScalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw error("half of a surrogate pair") }
        return String(scalar)
      default: throw error("an unknown escape")
      }
    }

    mutating func unit() throws(ParsingError) -> UInt32 {
      let digits = bytes[place...].prefix(4)
      // A sign, which the initializer of integers takes, is not a digit.
      guard digits.count == 4, !digits.contains(UInt8(ascii: "+")),
        !digits.contains(UInt8(ascii: "-")),
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw error("four hexadecimal digits expected") }
      place += 4
      return value
    }

    mutating func number() throws(ParsingError) -> JSON {
      let start = place
      if next == UInt8(ascii: "-") { place += 1 }
      let firstDigit = place
      try digits()
      if bytes[firstDigit] == UInt8(ascii: "0") && place > firstDigit + 1 {
        throw error("a number with a leading zero")
      }
      if next == UInt8(ascii: ".") {
        place += 1
        try digits()
      }
      if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
        place += 1
        if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
        try digits()
      }
      guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)),
        value.isFinite
      else { throw error("a number that fits a double expected") }
      return .number(value)
    }

    mutating func digits() throws(ParsingError) {
      let start = place
      while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
      guard place > start else { throw error("a value expected") }
    }
  }
}
