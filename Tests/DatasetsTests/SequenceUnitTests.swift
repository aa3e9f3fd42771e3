import Datasets
import Formats
import TestSupport
import Testing

struct SequenceUnitTests {
  private func sequences(
    _ unit: SequenceUnit, _ content: String, length: Int
  ) throws -> [String] {
    try withTemporaryFolder { root in
      try atomicWrite(Array(content.utf8), to: "\(root)/text")
      return try unit.sequences(of: "\(root)/text", length: length)
        .map { $0.joined(separator: "|") }
    }
  }

  @Test("running text is cut into pieces, lines and words are not")
  func units() throws {
    let text = "\u{FEFF}ab c\r\n\n \ndé f\n"
    #expect(try sequences(.characters, text, length: 4) == ["a|b| |c", "\r\n|\n| |\n", "d|é| |f"])
    #expect(try sequences(.lines, text, length: 4) == ["a|b| |c", " ", "d|é| |f"])
    #expect(try sequences(.words, text, length: 4) == ["ab|c", "dé|f"])
    #expect(try sequences(.bases, ">x\nacgta\n>y\nac\nn", length: 2) == ["A|C", "G|T", "A|C"])
    #expect(try sequences(.characters, "", length: 4) == [])
  }

  @Test("records that are too short for a piece are counted")
  func shortRecords() throws {
    try withTemporaryFolder { root in
      try atomicWrite(Array(">a\nACGTA\n>b\n>c\nA\n>d\nAC\n".utf8), to: "\(root)/f")
      let found = try SequenceUnit.bases.reading("\(root)/f", length: 2)
      #expect(found.sequences == [["A", "C"], ["G", "T"], ["A", "C"]])
      #expect(found.short == 2 && found.records == 4)
    }
  }

  @Test("a line that is too long is named")
  func limit() {
    for (unit, words) in [
      (SequenceUnit.lines, "line 2 has 5 char"), (.words, "line 2 has 3 words"),
    ] {
      let error = #expect(throws: FormatError.self) {
        try sequences(unit, "a\nb c d\n", length: unit == .words ? 2 : 4)
      }
      #expect(error?.message.contains(words) == true)
    }
  }

  @Test("the sources of a folder are read in the order of their paths")
  func folder() throws {
    try withTemporaryFolder { root in
      for (name, text) in [("b.swift", "2"), ("a.c", "1"), ("c.txt", "no"), (".d.swift", "no")] {
        try atomicWrite(Array(text.utf8), to: "\(root)/\(name)")
      }
      #expect(try text(at: root) == "12")
    }
    try withTemporaryFolder { root in
      let error = #expect(throws: FormatError.self) { try text(at: root) }
      #expect(error?.message.contains("without program sources") == true)
    }
  }

  @Test("a vocabulary of what occurs often enough, with an end and an unknown word")
  func vocabulary() {
    let words = [["b", "a", "<end>"], ["a", "c", "b"]]
    let all = Vocabulary(of: words, hasEnd: true, hasUnknown: true)
    #expect(all.texts == ["<end>", "<unknown>", "a", "b", "c"])
    #expect(all.end == 0 && all.unknown == 1 && all.token(of: "c") == 4)
    // What a text says is not an end.
    #expect(all.token(of: "<end>") == 1 && all.token(of: "z") == 1)
    let often = Vocabulary(of: words, minimumCount: 2, hasEnd: true, hasUnknown: true)
    #expect(often.texts == ["<end>", "<unknown>", "a", "b"])
    let plain = Vocabulary(of: words, hasEnd: false, hasUnknown: false)
    #expect(plain.end == nil && plain.token(of: "z") == nil && plain.texts == ["a", "b", "c"])
  }
}
