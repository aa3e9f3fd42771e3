import Formats
import Testing

struct FASTATests {
  private static func read(_ text: String) throws(FormatError) -> [FASTA.Record] {
    try FASTA.records(parsing: Array(text.utf8), path: "file")
  }

  @Test("records of several lines, in capitals, with or without a name")
  func records() throws {
    let found = try Self.read(">one  two\r\nACgt\r\n\r\nnn-*\r\n>\n>x\nA")
    #expect(found.map(\.name) == ["one  two", "", "x"])
    #expect(found.map { String(decoding: $0.letters, as: UTF8.self) } == ["ACGTNN-*", "", "A"])
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("ACGT\n", "line 1"), (">a\nAC\nA1C\n", "line 3"), ("", "no sequences"),
      (">a\n>b\n", "no sequences"),
    ])
  func faults(_ text: String, _ words: String) {
    let error = #expect(throws: FormatError.self) { try Self.read(text) }
    #expect(error?.message.contains(words) == true && error?.message.hasPrefix("file") == true)
  }

  @Test("bytes that are no UTF-8 are refused")
  func encoding() {
    let error = #expect(throws: FormatError.self) {
      try FASTA.records(parsing: [0x3E, 0xFF], path: "file")
    }
    #expect(error?.message.contains("UTF-8") == true)
  }
}
