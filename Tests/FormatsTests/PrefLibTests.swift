import TestSupport
import Testing

@testable import Formats

struct PrefLibTests {
  /// A file of four alternatives of that type, with those orders.
  private static func file(
    _ type: String, _ orders: [String], voters: Int, unique: Int? = nil, end: String = "\n"
  ) -> [UInt8] {
    let header = [
      "# FILE NAME: x.\(type)", "# DESCRIPTION: ", "# DATA TYPE: \(type)",
      "# NUMBER ALTERNATIVES: 4", "# NUMBER VOTERS: \(voters)",
      "# NUMBER UNIQUE ORDERS: \(unique ?? orders.count)",
      "# ALTERNATIVE NAME 1: Ann", "# ALTERNATIVE NAME 2: Bo: the second",
      "# ALTERNATIVE NAME 3: Çelik", "# ALTERNATIVE NAME 4: D",
    ]
    return Array((header + orders).map { $0 + end }.joined().utf8)
  }

  private static func read(_ bytes: [UInt8]) throws(FormatError) -> Rankings {
    try PrefLib.rankings(parsing: bytes, path: "file")
  }

  @Test("Orders, ties and multiplicities", arguments: ["\n", "\r\n"])
  func content(end: String) throws {
    let rankings = try Self.read(
      Self.file(
        "toi", ["3: 2,{1,4}", " 1 : {3 , 1}, 2", "2:4", "5: {1},2,3,4"], voters: 11, end: end))
    #expect(rankings.items == ["Ann", "Bo: the second", "Çelik", "D"])
    #expect(rankings.count == 11)
    #expect(
      rankings.entries == [
        .init(groups: [[1], [0, 3]], multiplicity: 3, line: 11),
        .init(groups: [[2, 0], [1]], multiplicity: 1, line: 12),
        .init(groups: [[3]], multiplicity: 2, line: 13),
        .init(groups: [[0], [1], [2], [3]], multiplicity: 5, line: 14),
      ])
  }

  @Test(
    "Each type takes its own orders",
    arguments: [
      ("soc", "1: 4,3,2,1"), ("soi", "1: 4,3"), ("toc", "1: {4,3},2,1"), ("toi", "1: 2,{4,3}"),
    ])
  func types(type: String, order: String) throws {
    #expect(try Self.read(Self.file(type, [order], voters: 1)).entries.count == 1)
  }

  @Test(
    "What is written is read again, of its own type",
    arguments: [
      ("soc", [[[2], [0], [1]]]), ("soi", [[[2], [0]], [[1]]]),
      ("toc", [[[2], [0, 1]], [[1], [0], [2]]]), ("toi", [[[0, 2]], [[1], [0]]]),
    ])
  func written(type: String, orders: [[[Int]]]) throws {
    let rankings = Rankings(
      items: ["Ann", "Bo: the \"second\"", "Çelik"],
      entries: orders.enumerated().map { index, groups in
        .init(groups: groups, multiplicity: index + 2, line: 8 + index)
      })
    let text = try PrefLib.text(of: rankings)
    #expect(text.hasPrefix("# DATA TYPE: \(type)\n"))
    #expect(try Self.read(Array(text.utf8)) == rankings)
  }

  @Test("Two items of one name are not written")
  func repeatedNames() {
    let error = #expect(throws: FormatError.self) {
      try PrefLib.text(of: Rankings(items: ["x", "x"], entries: [.init(groups: [[0]])]))
    }
    #expect(error?.message.contains("two items are named 'x'") == true)
  }

  @Test("Names that a file would not give back are refused", arguments: ["", " a", "a\r", "a\nb"])
  func unwritable(name: String) {
    let error = #expect(throws: FormatError.self) {
      try PrefLib.text(of: Rankings(items: ["x", name], entries: [.init(groups: [[0]])]))
    }
    #expect(error?.message.contains("item 2") == true)
  }

  static let damaged: [(bytes: [UInt8], words: [String])] = [
    (
      Array("# DATA TYPE: soc\n# ALTERNATIVE NAME 2: Ann\n# ALTERNATIVE NAME 7: Ann\n".utf8),
      ["line 3", "alternative 7", "'Ann'", "alternative 2"]
    ),
    ([], ["empty"]),
    ([0xFF, 0xFE, 0], ["UTF-8"]),
    (Array("4\n1,Ann\n".utf8), ["line 1", "before 2022"]),
    (Array("hello\n".utf8), ["line 1", "'hello'", "# KEY"]),
    (file("soc", [], voters: 1, unique: 1), ["no orders"]),
    (file("wmd", ["1: 1,2,3,4"], voters: 1), ["line 3", "'wmd'", "toi"]),
    (file("soi", ["1: 1,2,1"], voters: 1), ["line 11", "alternative 1", "second"]),
    (file("soi", ["1: 1,5"], voters: 1), ["line 11", "'5'", "1 to 4"]),
    (file("soi", ["1: 1,0"], voters: 1), ["line 11", "'0'"]),
    (file("soi", ["1: 1,99999999999999999999"], voters: 1), ["line 11", "'999"]),
    (file("soi", ["1: 1,-2"], voters: 1), ["'-2'"]),
    (file("soi", ["1: 1,,2"], voters: 1), ["an empty place"]),
    (file("soi", ["1: 1,"], voters: 1), ["an empty place"]),
    (file("soi", ["1:"], voters: 1), ["line 11", "an empty order"]),
    (file("soi", ["1,2,3"], voters: 1), ["line 11", "not an order"]),
    (file("soi", ["x: 1,2"], voters: 1), ["'x' voters"]),
    (file("soi", ["0: 1,2"], voters: 1), ["'0' voters"]),
    (file("soi", ["1: 1,{2,3}"], voters: 1), ["line 11", "a tie", "soi"]),
    (file("soc", ["1: 1,2,3"], voters: 1), ["line 11", "3 of the 4"]),
    (file("toc", ["1: 1,{2,3}"], voters: 1), ["line 11", "3 of the 4"]),
    (file("toi", ["1: {1,2"], voters: 1), ["'{' without"]),
    (file("toi", ["1: 1,2}"], voters: 1), ["'}' without"]),
    (file("toi", ["1: {}"], voters: 1), ["an empty place"]),
    (file("toi", ["1: {1,2}3"], voters: 1), ["'3'", "','"]),
    (file("toi", ["1: {1,{2,3}}"], voters: 1), ["'{2'"]),
    (file("soi", ["1: 1", "1: 2"], voters: 3), ["2 voters", "header says 3"]),
    (file("soi", ["2: 1", "2: 2"], voters: 3), ["line 12", "the 3 of the header"]),
    (file("soi", ["1: 1", "1: 2"], voters: 2, unique: 3), ["2 orders", "header says 3"]),
    (file("soi", ["1: 1", "# DATA TYPE: soi"], voters: 1, unique: 1), ["line 12", "after"]),
    (
      file("soi", ["9223372036854775807: 1", "9: 2"], voters: Int.max), ["line 12", "more voters"]
    ),
    (
      Array(
        "# DATA TYPE: soc\n# NUMBER ALTERNATIVES: 9000000000000000000\n# NUMBER VOTERS: 1\n# NUMBER UNIQUE ORDERS: 1\n1: 1\n"
          .utf8),
      ["alternative 1 of 9"]
    ),
    (Array("# DATA TYPE: soc\n# NUMBER ALTERNATIVES: x\n".utf8), ["line 2", "'x'"]),
    (Array("# DATA TYPE: soc\n1: 1\n".utf8), ["NUMBER ALTERNATIVES"]),
    (Array("# NUMBER VOTERS: 1\n1: 1\n".utf8), ["DATA TYPE"]),
  ]

  @Test("A damaged file is one clear error", arguments: damaged.indices)
  func damage(_ index: Int) {
    let (bytes, words) = Self.damaged[index]
    let error = #expect(throws: FormatError.self) { _ = try Self.read(bytes) }
    #expect(error?.kind == .malformed)
    for word in words + ["file"] {
      #expect(error?.message.contains(word) == true, "\(error?.message ?? "") lacks \(word)")
    }
  }

  @Test("Orders of names", arguments: ["\n", "\r\n"])
  func names(end: String) throws {
    let text = ["b, a,\"c, d\"", "a", "\"say \"\"hi\"\"\",b"].joined(separator: end) + end
    let rankings = try RankingCSV.rankings(parsing: [0xEF, 0xBB, 0xBF] + text.utf8, path: "file")
    #expect(rankings.items == ["b", "a", "c, d", "say \"hi\""])
    #expect(rankings.entries.map(\.groups) == [[[0], [1], [2]], [[1]], [[3], [0]]])
    #expect(rankings.entries.map(\.line) == [1, 2, 3])
    for name in rankings.items + ["é", " x", "\""] {
      let line = Array(RankingCSV.field(name).utf8)
      #expect(try RankingCSV.rankings(parsing: line, path: "file").items == [name])
    }
  }

  @Test(
    "A damaged list of names is one clear error",
    arguments: [
      ("", ["is empty"]), ("a,b\n\nb\n", ["line 2", "an empty order"]),
      ("a,b,a\n", ["line 1", "'a'", "second"]), ("a\nb,,a\n", ["line 2", "place 2"]),
      ("a,\"b\n", ["line 1", "quote"]), ("\"a\"b\n", ["'b'"]), ("a,\"\"\n", ["place 2"]),
    ])
  func damagedNames(text: String, words: [String]) {
    let error = #expect(throws: FormatError.self) {
      _ = try RankingCSV.rankings(parsing: Array(text.utf8), path: "file")
    }
    for word in words {
      #expect(error?.message.contains(word) == true, "\(error?.message ?? "") lacks \(word)")
    }
  }

  @Test("More orders than fit into memory are refused")
  func manyOrders() {
    var size = RankingsSize()
    let error = #expect(throws: FormatError.self) {
      for line in 1...20 { try size.add(places: 1_000_000, path: "file", line: line) }
    }
    #expect(error?.message.hasPrefix("file, line 20: 20 orders of 20000000 places") == true)
  }

  @Test("The end of the name tells the format")
  func byName() throws {
    try withTemporaryFolder { folder in
      try atomicWrite(Self.file("soi", ["1: 1,2"], voters: 1), to: "\(folder)/x.soi")
      try atomicWrite(Array("p,q\n".utf8), to: "\(folder)/x.csv")
      try atomicWrite(Array("p,q\n".utf8), to: "\(folder)/x.txt")
      #expect(try Rankings("\(folder)/x.soi").items.count == 4)
      #expect(try Rankings("\(folder)/x.csv").items == ["p", "q"])
      #expect(throws: FormatError.self) { try Rankings("\(folder)/x.txt") }
      let missing = #expect(throws: FormatError.self) { try Rankings("\(folder)/y.soi") }
      #expect(missing?.kind == .missing)
    }
  }
}
