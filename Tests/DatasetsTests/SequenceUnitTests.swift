import Datasets
import Formats
import Tensors
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
    // What a text says is no end.
    #expect(all.token(of: "<end>") == 1 && all.token(of: "z") == 1)
    let often = Vocabulary(of: words, minimumCount: 2, hasEnd: true, hasUnknown: true)
    #expect(often.texts == ["<end>", "<unknown>", "a", "b"])
    let plain = Vocabulary(of: words, hasEnd: false, hasUnknown: false)
    #expect(plain.end == nil && plain.token(of: "z") == nil && plain.texts == ["a", "b", "c"])
  }
}

struct MoleculeGrammarTests {
  @Test(
    "valid strings",
    arguments: [
      "C", "FC", "C=C", "C#N", "C1CC1", "C(F)(F)(F)F", "C1CCC(=O)N1", "C=1CC=1", "C12CC1C2",
      "N(C)C", "C(C(C)C)=O", "C1CC1C1CC1",
    ])
  func valid(_ text: String) {
    #expect(MoleculeGrammar.fault(in: text) == nil)
  }

  @Test(
    "what is wrong with others",
    arguments: [
      ("", MoleculeGrammar.Fault.empty), ("=C", .unexpected("=", at: 0)),
      ("C==C", .unexpected("=", at: 2)), ("C(", .unfinished), ("C()C", .unexpected(")", at: 2)),
      ("C)", .unexpected(")", at: 1)), ("(C)", .unexpected("(", at: 0)), ("C=", .unfinished),
      ("C1CC", .unfinished), ("C1C1", .unexpected("1", at: 3)), ("C11", .unexpected("1", at: 2)),
      ("FCF=C", .valence(atom: 2)), ("C(C)(C)(C)(C)C", .valence(atom: 0)),
      ("O#C", .valence(atom: 0)), ("Cx", .unexpected("x", at: 1)),
      ("C=(C)", .unexpected("(", at: 2)),
      ("C=1CC#1", .unexpected("1", at: 6)), ("C(1CC1)", .unexpected("1", at: 2)),
      ("C(C=)C", .unexpected(")", at: 4)),
    ])
  func invalid(_ text: String, _ fault: MoleculeGrammar.Fault) {
    #expect(MoleculeGrammar.fault(in: text) == fault)
  }

  @Test("all that is made is valid, short enough, and of every kind")
  func strings() {
    var generator = Philox(seed: 71)
    let strings = MoleculeGrammar.strings(3000, length: 24, using: &generator)
    #expect(strings.allSatisfy { MoleculeGrammar.fault(in: $0) == nil && $0.count <= 24 })
    for part in ["=", "#", "(", "1", "2", "F", "N", "O"] {
      #expect(strings.contains { $0.contains(part) }, "\(part)")
    }
    #expect(Set(strings).count > 1500)
    var again = Philox(seed: 71)
    #expect(MoleculeGrammar.strings(3000, length: 24, using: &again) == strings)
  }

  @Test("a character changed in most places makes a string invalid")
  func changed() {
    var generator = Philox(seed: 72)
    var faults = 0
    for string in MoleculeGrammar.strings(300, length: 24, using: &generator) {
      var characters = Array(string)
      let place = Int.random(in: characters.indices, using: &generator)
      characters[place] = "("
      if MoleculeGrammar.fault(in: String(characters)) != nil { faults += 1 }
    }
    #expect(faults > 270)
  }
}
