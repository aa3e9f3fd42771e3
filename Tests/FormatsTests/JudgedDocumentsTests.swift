import Formats
import TestSupport
import Testing

struct JudgedDocumentsTests {
  private static func read(
    _ text: String, groups: String? = nil, features: [Int]? = nil
  ) throws -> JudgedDocuments {
    try withTemporaryFolder { folder in
      try atomicWrite(Array(text.utf8), to: "\(folder)/d.txt")
      if let groups { try atomicWrite(Array(groups.utf8), to: "\(folder)/g.txt") }
      return try JudgedDocuments(
        svmlight: "\(folder)/d.txt", groups: groups.map { _ in "\(folder)/g.txt" },
        featureNumbers: features)
    }
  }

  @Test("queries by qid, absent features are zero, comments and CRLF are passed over")
  func qid() throws {
    let documents = try Self.read(
      "# head\r\n2 qid:a 1:0.5 3:-1e-3 # first\r\n0 qid:a 2:4\r\n\r\n1 qid:b\r\n")
    #expect(documents.grades == [2, 0, 1])
    #expect(documents.queries == [0..<2, 2..<3])
    #expect(documents.featureNumbers == [1, 2, 3] && documents.featureCount == 3)
    #expect(documents.features == [0.5, 0, -0.001, 0, 4, 0, 0, 0, 0])
  }

  @Test("queries by a file of sizes, the features of another file, of which others are left out")
  func groups() throws {
    let documents = try Self.read(
      "1 1:1\n0 2:1 7:5\n3 1:2 9:1\n", groups: "2\n1\n", features: [1, 2, 4, 5])
    #expect(documents.queries == [0..<2, 2..<3])
    #expect(documents.featureNumbers == [1, 2, 4, 5] && documents.ignoredFeatureCount == 2)
    #expect(documents.features == [1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0])
  }

  @Test("a column for each feature that occurs, however large its number is")
  func columns() throws {
    let text = "1 qid:1 5:1 2147483647:2\n" + String(repeating: "1 qid:1 1000000:3\n", count: 300)
    let documents = try Self.read(text)
    #expect(documents.featureNumbers == [5, 1_000_000, 2_147_483_647])
    #expect(
      documents.features.count == 903 && Array(documents.features[..<6]) == [1, 0, 2, 0, 3, 0])
    #expect(documents.ignoredFeatureCount == 0)
  }

  @Test("sizes beside the file tell the queries where its lines do not")
  func groupsBeside() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/d.txt"
      try atomicWrite(Array("1 1:1\n0 2:1\n3 1:2\n".utf8), to: path)
      try atomicWrite(Array("1\n2\n".utf8), to: path + ".query")
      let documents = try JudgedDocuments(svmlight: path)
      #expect(documents.queries == [0..<1, 1..<3] && documents.groups == path + ".query")
      // Another number of lines is not a file to be passed over.
      try atomicWrite(Array("1\n1\n".utf8), to: path + ".query")
      let error = #expect(throws: FormatError.self) { try JudgedDocuments(svmlight: path) }
      #expect(error?.message.contains("groups of 2 documents in all, expected the 3") == true)
      try atomicWrite(Array("1 qid:1 1:1\n0 qid:1 2:1\n3 qid:2 1:2\n".utf8), to: path)
      let named = try JudgedDocuments(svmlight: path)
      #expect(named.queries == [0..<2, 2..<3] && named.groups == nil)
    }
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("x qid:1 1:1\n", nil, "line 1", "the grade is 'x'"),
      ("1 qid:1 1:1\n-1 qid:1 1:1\n", nil, "line 2", "'-1'"),
      ("2000 qid:1 1:1\n", nil, "line 1", "from 0 to 100"),
      ("1 qid:1 2:1 2:3\n", nil, "line 1", "feature 2 after feature 2"),
      ("1 qid:1 1:nan\n", nil, "line 1", "'1:nan'"),
      ("1 qid:1 0:1\n", nil, "line 1", "feature 0 in '0:1', expected a number from 1"),
      ("1 qid:1 2147483648:1\n", nil, "line 1", "to 2147483647"),
      ("1 qid:1 -1:1\n", nil, "line 1", "expected number:value"),
      ("1 qid:1\n", nil, "d.txt", "no features"),
      ("1 qid:1 one\n", nil, "line 1", "'one'"),
      ("1 1:1\n", nil, "line 1", "no qid"),
      ("1 qid:1 1:1\n1 qid:2 1:1\n1 qid:1 1:1\n", nil, "line 3", "comes back"),
      ("# nothing\n", nil, "d.txt", "no documents"),
      ("1 1:1\n1 1:2\n", "1\n", "g.txt", "groups of 1 documents in all, expected the 2"),
      ("1 1:1\n1 1:2\n", "1\n3\n", "g.txt, line 2", "only 1 are left"),
      ("1 1:1\n", "many\n", "g.txt, line 1", "'many'"),
    ] as [(String, String?, String, String)])
  func errors(text: String, groups: String?, place: String, found: String) {
    let error = #expect(throws: FormatError.self) {
      try Self.read(text, groups: groups)
    }
    #expect(error?.message.contains(place) == true && error?.message.contains(found) == true)
  }

  @Test("a table that no memory holds is refused")
  func large() {
    let error = #expect(throws: FormatError.self) {
      try Self.read((1...20_000).map { "1 qid:1 \($0):1\n" }.joined())
    }
    #expect(
      error?.message.hasSuffix(
        "20000 documents of 20000 features would take 1.5 GiB of memory, at most 1 GiB is allowed")
        == true)
  }
}
