import Formats
import TestSupport
import Testing

struct RankingFileTests {
  private static func read(
    _ text: String, name: String = "x.csv", hasHeader: Bool? = nil
  ) throws -> RankingFile {
    try withTemporaryFolder { folder in
      try atomicWrite(Array(text.utf8), to: "\(folder)/\(name)")
      return try RankingFile("\(folder)/\(name)", hasHeader: hasHeader)
    }
  }

  @Test(
    "Wins by the titles of their columns, or by what the columns hold",
    arguments: [
      ("winner,loser,count\nAnn,Bo,3\nBo,Ann,2\n", ["winner", "loser", "count"], 2),
      ("Ann,Bo,3\nBo,Ann,2\n", nil, 1), ("home,away,games\nAnn,Bo,3\nBo,Ann,2\n", nil, 2),
    ] as [(String, [String]?, Int)])
  func wins(text: String, titles: [String]?, first: Int) throws {
    let file = try Self.read(text)
    #expect(file.layout == .wins)
    #expect(file.header == (first == 2 ? titles ?? ["home", "away", "games"] : nil))
    #expect(file.rankings.items == ["Ann", "Bo"] && file.rankings.unnamed == .absent)
    #expect(
      file.rankings.entries == [
        .init(groups: [[0], [1]], multiplicity: 3, line: first),
        .init(groups: [[1], [0]], multiplicity: 2, line: first + 1),
      ])
  }

  @Test("Wins without a count are one each; numbers are names where titles say so")
  func countless() throws {
    let file = try Self.read("Winner,Loser\n7,8\n8,9\n")
    #expect(file.layout == .wins && file.rankings.items == ["7", "8", "9"])
    #expect(file.rankings.count == 2 && file.rankings.unnamed == .absent)
    let counted = try Self.read("winner,loser,count\n1,2,2\n2,1,1\n")
    #expect(counted.rankings.entries.map(\.multiplicity) == [2, 1])
  }

  @Test(
    "Orders stay orders",
    arguments: [
      "1,2,3\n2,1,3\n", "1,2,3\n", "a,b\nb,a\n", "a,b,c\nb,c,a\n", "3\n1,2,3\n2,1,3\n",
      "a,b\nc,d\n", "a,b\nc,d\nd,c,e\n", "first,second\n",
    ])
  func orders(text: String) throws {
    let file = try Self.read(text)
    #expect(file.layout == .orders && file.header == nil && file.rankings.unnamed == .last)
    #expect(file.rankings.count == text.split(separator: "\n").count)
  }

  @Test(
    "Titles are told from names",
    arguments: [
      "first,second\na,b\nb,a\n", "Rank 1,Rank 2\na,b\nc,d\n", "rank_1,rank_2\na\nb,c\n",
      "best,other\na,b\nb\na\n",
    ])
  func titles(text: String) throws {
    let file = try Self.read(text)
    #expect(file.layout == .orders && file.header?.count == 2)
    #expect(file.rankings.items.contains("a") && !file.rankings.items.contains(file.header![0]))
    #expect(file.rankings.entries[0].line == 2)
    #expect(try Self.read(text, hasHeader: false).rankings.count == file.rankings.count + 1)
    let named = try Self.read("a,b\nb,a\n", hasHeader: true)
    #expect(named.header == ["a", "b"] && named.rankings.items == ["b", "a"])
  }

  @Test(
    "What is wrong is said with its line",
    arguments: [
      ("winner,loser,count\na,b,0\n", "line 2: '0' wins"),
      ("winner,loser,count\na,b,x\n", "line 2: 'x' wins"),
      ("winner,loser,count\na,b,1\na,b\n", "line 3: 2 fields, expected winner,loser,count"),
      ("winner,loser\na,a\n", "line 2: 'a' a second time"), ("a,b,0\nb,a,2\n", "line 1: '0' wins"),
      ("winner,loser,count\na,b,9223372036854775807\nb,a,1\n", "line 3: more wins"),
      ("winner,loser,count\n", "no orders below its titles"),
      ("2\n1,Ann\n2,Bo\n1,1,1\n1,1,2\n", "line 1: a header of PrefLib before 2022"),
      ("# DATA TYPE: soc\n# NUMBER VOTERS: 1\n1: 1\n", "NUMBER ALTERNATIVES"),
    ])
  func damaged(text: String, words: String) {
    let error = #expect(throws: FormatError.self) { try Self.read(text) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("A file of PrefLib under the name of another is read as what it is")
  func prefLib() throws {
    let orders = Rankings(
      items: ["Ann", "Bo"], entries: [.init(groups: [[1], [0]], multiplicity: 4, line: 7)])
    let text = try PrefLib.text(of: orders)
    for mark in ["", "\u{FEFF}"] {
      let file = try Self.read(mark + text)
      #expect(file.layout == .prefLib && file.rankings == orders)
    }
    #expect(
      try Self.read("# one,two\n# two,one\n").rankings.items == ["# one", "two", "# two", "one"])
  }
}
