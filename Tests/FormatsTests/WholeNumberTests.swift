import Formats
import Testing

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
