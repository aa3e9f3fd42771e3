import Formats
import Tensors
import Testing

@testable import Codes

struct CodeFileTests {
  static func file() -> CodeFile {
    var noise = Philox(seed: 41)
    var message = ANS(lanes: 2)
    for step in 0..<500 {
      message.push(
        Interval(start: UInt32.random(in: 0..<65_000, using: &noise), frequency: 9), precision: 16,
        lane: step % 2)
    }
    return CodeFile(
      CodeHeader(
        coder: .model(digest: "ab", probe: "cd", .native),
        content: .images(3, width: 5, height: 4), precision: 16, block: 1, seed: .max, message),
      message)
  }

  @Test func whatIsReadIsWhatWasWritten() throws {
    let file = Self.file()
    let read = try CodeFile(parsing: file.bytes, path: "x")
    #expect(read.header == file.header)
    #expect(read.message == file.message)
  }

  @Test func everyFlippedBitIsRefused() {
    let bytes = Self.file().bytes
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        #expect(throws: FormatError.self) { try CodeFile(parsing: damaged, path: "x") }
      }
    }
  }

  @Test func everyOtherLengthIsRefused() {
    let bytes = Self.file().bytes
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self) {
        try CodeFile(parsing: Array(bytes[..<count]), path: "x")
      }
    }
    #expect(throws: FormatError.self) { try CodeFile(parsing: bytes + [0], path: "x") }
  }

  @Test func anotherVersionIsRefusedByItsNumber() {
    var bytes = Self.file().bytes
    bytes[8] = 7
    #expect(throws: FormatError(.malformed, "x: version 7, expected 1")) {
      try CodeFile(parsing: bytes, path: "x")
    }
    #expect(throws: FormatError.self) {
      try CodeFile(parsing: Array("not a container".utf8), path: "x")
    }
  }
}
