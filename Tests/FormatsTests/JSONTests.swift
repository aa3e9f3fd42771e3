import Formats
import Testing

struct JSONTests {
  @Test("What is written is read back, keys in order")
  func roundTrip() throws {
    let value: JSON = [
      "z": 1, "a": [0.1, -2.5e-300, 9_007_199_254_740_991, true, false, .null],
      "text": "quote \" slash \\ line \n tab \t bell \u{7} é 🙂", "empty": [:], "none": [],
    ]
    #expect(try JSON(parsing: value.description.utf8) == value)
    #expect(!value.description.contains("\n"))
    #expect(value.description.hasPrefix(#"{"z":1,"a":[0.1,-2.5e-300,9007199254740991,true"#))
  }

  @Test("Numbers that JSON does not have are null")
  func numbers() {
    let values = [Double.nan, .infinity, -.infinity].map { JSON.number($0) }
    #expect(JSON.array(values).description == "[null,null,null]")
  }

  @Test("Escapes and surrogate pairs")
  func escapes() throws {
    let text = #""\u0041\n\/\ud83d\ude42""#
    #expect(try JSON(parsing: text.utf8) == "A\n/🙂")
  }

  @Test(
    "What is not JSON is refused",
    arguments: [
      "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "1.",
      ".5", "+1", "-", "1e", "NaN", "Infinity", "tru", "nulll", "\"", "\"\\x\"", "\"\\u12\"",
      "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "1 2", "{\"a\":1,\"a\":2}",
      "1e999", "-1e999", "\"\\u+123\"", "\"\\u-000\"", "\"\\u00-1\"", "// c\n1", "[1 2]",
    ])
  func refused(_ text: String) {
    #expect(throws: JSON.ParsingError.self) { try JSON(parsing: text.utf8) }
  }

  @Test(
    "A whole number of a range is exact and has no sign too many",
    arguments: [
      ("0", 0), ("1000000", 1_000_000), ("1e3", 1000), ("9007199254740992", 1 << 53), ("-0", nil),
      ("-0.0", nil), ("-1", nil), ("0.5", nil), ("1e19", nil), ("1e300", nil), ("-1e300", nil),
      ("9007199254740994", nil), ("9223372036854775808", nil), ("\"3\"", nil), ("[3]", nil),
      ("null", nil),
    ] as [(String, Int?)])
  func whole(text: String, value: Int?) throws {
    let json = try JSON(parsing: text.utf8)
    #expect(json.whole(in: 0...Int.max) == value)
    #expect(json.whole(in: -5...(-1)) == (text == "-1" ? -1 : nil))
  }

  @Test("Bytes that are not UTF-8 and deep nesting are refused")
  func hostile() {
    #expect(throws: JSON.ParsingError.self) { try JSON(parsing: [0x22, 0xC3, 0x22]) }
    for bracket in ["[", "{\"a\":"] {
      let text = String(repeating: bracket, count: 1_000_000)
      #expect(throws: JSON.ParsingError.self) { try JSON(parsing: text.utf8) }
    }
  }
}
