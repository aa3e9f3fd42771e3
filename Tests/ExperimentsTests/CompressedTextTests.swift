import Codes
import Formats
import Learning
import Runs
import TestSupport
import Testing

@testable import Experiments

struct CompressedTextTests {
  /// Texts of which parts are in no vocabulary, and one that is not in any form that it would be
  /// read in.
  static let texts = [
    "the cat sat on a mat\nthe dog sat\n", "t", "\n", "\n\n\n", " ",
    "the  cat \t sat\r\non\r\n\r\n",
    "cafe\u{301} caf\u{e9} 日本語 🇩🇪👩‍👩‍👧 the\u{0} end",
    String(repeating: "a very long line that no model has been taught, ", count: 40) + "\nthe cat",
    "<end> <unknown>\n<unknown>", "\u{feff}the cat", "ACGTACGGTNNacgt>x\nACG",
  ]

  private static func train(_ unit: String, in root: String) throws -> String {
    let text =
      unit == "bases"
      ? ">a\n" + String(repeating: "ACGGTCA", count: 30) + "\n"
      : String(repeating: "the cat sat on\nthe dog sat\ncafe\u{301} 日本\n", count: 20)
    try atomicWrite(Array(text.utf8), to: "\(root)/\(unit).txt")
    let length = unit == "lines" ? "14" : "5"
    _ = try TinySequences.launch().begin(
      TinySequences.settings([
        "data": "\(root)/\(unit).txt", "tokens": unit, "adversarial-steps": "0", "length": length,
        "pretrain-epochs": "20",
      ]), in: "\(root)/\(unit)")
    return "\(root)/\(unit)"
  }

  @Test("any text comes back byte for byte", arguments: ["characters", "lines", "words", "bases"])
  func roundTrip(unit: String) throws {
    try withTemporaryFolder { root in
      let path = try Self.train(unit, in: root)
      let run = try CodedSequences(run: path, checkpoint: .last)
      for (place, text) in Self.texts.enumerated() {
        let (file, read) = ("\(root)/\(place).dsc", "\(root)/\(place).txt")
        let written = try CompressedFile(text, by: run)
        #expect(written.symbols == text.count && written.seedBits == 0)
        try written.write(to: file)
        let back = try DecompressedFile(file, run: path)
        #expect(back.isText && back.count == text.count)
        try back.write(to: read)
        #expect(try storedBytes(read) == Array(text.utf8), "\(text.debugDescription)")
      }
    }
  }

  /// 40,000 characters of what the model has learned, and 64 bits of the state.
  @Test("the rate is the bound", arguments: ["characters", "lines", "words"])
  func rate(unit: String) throws {
    try withTemporaryFolder { root in
      let run = try CodedSequences(run: try Self.train(unit, in: root), checkpoint: .last)
      let text = String(repeating: "the dog sat\nthe cat sat on\n", count: 1500)
      let rates = try CodeRates(text, by: run)
      let bits = try CompressedFile(text, by: run).bits
      #expect(abs(try #require(rates.overhead)) < 0.005, "\(bits)")
      #expect(bits < 8 * text.utf8.count / 2)
      #expect(rates.json["overhead"] == rates.overhead.map { JSON($0) })
      #expect(rates.lines.count == 11)
    }
  }

  @Test("a file of another model, and what has no text, are refused")
  func refusals() throws {
    try withTemporaryFolder { root in
      let path = try Self.train("characters", in: root)
      let file = "\(root)/x.dsc"
      try CompressedFile("the cat", by: CodedSequences(run: path, checkpoint: .last)).write(
        to: file)
      #expect(throws: Failure.self) { try DecompressedFile(file, run: nil) }
      #expect(throws: Failure.self) {
        try DecompressedFile(file, run: Self.train("lines", in: root))
      }
      _ = try TinySequences.launch().begin(
        TinySequences.settings(["adversarial-steps": "0"]), in: "\(root)/oracle")
      #expect(throws: Failure.self) {
        try CodedSequences(run: "\(root)/oracle", checkpoint: .last)
      }
      #expect(throws: Failure.self) { try CodedRun(run: path, checkpoint: .last) }
      func request(_ data: String) -> CodeRequest {
        CodeRequest(
          model: path, data: data, part: "test", binarize: nil, template: nil, checkpoint: "last",
          isPortable: false)
      }
      try atomicWrite([UInt8](), to: "\(root)/empty")
      try atomicWrite([0xFF, 0x61], to: "\(root)/bytes")
      #expect(throws: Failure.self) { try request("\(root)/empty").compressed() }
      #expect(throws: FormatError.self) { try request("\(root)/bytes").compressed() }
      #expect(throws: FormatError.self) { try request(root).compressed() }
    }
  }
}
