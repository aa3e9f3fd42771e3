import Formats
import Testing

struct MemoryBudgetTests {
  @Test("what is over a gibibyte is refused by a sentence, whatever the sizes are")
  func excess() {
    #expect(MemoryBudget.excess("rows", [[1 << 14, 1 << 14]]) == nil)
    #expect(
      MemoryBudget.excess("rows", [[1 << 14, 1 << 14], [1]])
        == "rows would take 1 GiB of memory, at most 1 GiB is allowed")
    #expect(
      MemoryBudget.excess("rows", [[3 << 29]], width: 1)
        == "rows would take 1.5 GiB of memory, at most 1 GiB is allowed")
    let large = MemoryBudget.excess("rows", [[.max, .max], [.max, .max, .max]])
    #expect(large == "rows would take over a million EiB of memory, at most 1 GiB is allowed")
    #expect(MemoryBudget.excess("rows", [[0, .max], []]) == nil)
  }

  @Test(
    "sizes for people",
    arguments: [
      (0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (1 << 25, "32 MiB"),
      (5 << 40, "5 TiB"), (.max, "8 EiB"),
    ])
  func text(count: Int, text: String) {
    #expect(MemoryBudget.text(ofBytes: count) == text)
  }

  @Test("a stream may become 64 MiB or 128 times its size, and never more than asked for")
  func inflated() {
    #expect(MemoryBudget.inflated(from: 0) == 1 << 26)
    #expect(MemoryBudget.inflated(from: 1 << 20) == 1 << 27)
    #expect(MemoryBudget.inflated(from: .max) == 1 << 30)
    #expect(MemoryBudget.inflated(from: 1 << 20, atMost: 1000) == 1000)
  }
}

@Suite("Whole numbers in metadata")
struct WholeNumberTests {
  @Test(
    "a number of the range is read, all else is an error that names the key",
    arguments: [
      ("0", 0), ("100", 100), ("101", nil), ("-1", nil), ("-0", nil), ("+1", nil), ("01", nil),
      (" 1", nil), ("1.0", nil), ("1e2", nil), ("", nil), ("9223372036854775808", nil),
      ("٣", nil),
    ] as [(String, Int?)])
  func whole(text: String, value: Int?) throws {
    let metadata = ["step": text]
    guard let value else {
      let error = #expect(throws: FormatError.self) {
        try metadata.whole("step", in: 0...100, of: "f")
      }
      #expect(
        error?.message
          == "f: 'step' in its metadata is '\(text)', expected a whole number from 0 to 100")
      return
    }
    #expect(try metadata.whole("step", in: 0...100, of: "f") == value)
  }

  @Test("a missing key is an error or nothing, as is asked for")
  func missing() throws {
    let error = #expect(throws: FormatError.self) {
      try [String: String]().whole("step", in: 0...1, of: "f")
    }
    #expect(error?.message == "f: no 'step' in its metadata")
    #expect(try [String: String]().wholeIfPresent("step", in: 0...1, of: "f") == nil)
    #expect(try [String: String]().numberIfPresent("sum", of: "f") == nil)
    #expect(try ["sum": "-1.5e3"].numberIfPresent("sum", of: "f") == -1500)
    for text in ["nan", "inf", "1e999", "x", ""] {
      #expect(throws: FormatError.self) { try ["sum": text].numberIfPresent("sum", of: "f") }
    }
  }
}
