import Formats
import TestSupport
import Testing

@Suite("Graded documents")
struct JudgedDocumentsTests {
  private static func read(
    _ text: String, groups: String? = nil, featureCount: Int? = nil
  ) throws -> JudgedDocuments {
    try withTemporaryFolder { folder in
      try atomicWrite(Array(text.utf8), to: "\(folder)/d.txt")
      if let groups { try atomicWrite(Array(groups.utf8), to: "\(folder)/g.txt") }
      return try JudgedDocuments(
        svmlight: "\(folder)/d.txt", groups: groups.map { _ in "\(folder)/g.txt" },
        featureCount: featureCount)
    }
  }

  @Test("queries by qid, absent features are zero, comments and CRLF are passed over")
  func qid() throws {
    let documents = try Self.read(
      "# head\r\n2 qid:a 1:0.5 3:-1e-3 # first\r\n0 qid:a 2:4\r\n\r\n1 qid:b\r\n")
    #expect(documents.grades == [2, 0, 1])
    #expect(documents.queries == [0..<2, 2..<3])
    #expect(documents.featureCount == 3)
    #expect(documents.features == [0.5, 0, -0.001, 0, 4, 0, 0, 0, 0])
  }

  @Test("queries by a file of sizes, features counted as elsewhere")
  func groups() throws {
    let documents = try Self.read("1 1:1\n0 2:1\n3 1:2\n", groups: "2\n1\n", featureCount: 4)
    #expect(documents.queries == [0..<2, 2..<3])
    #expect(documents.featureCount == 4 && documents.features.count == 12)
  }

  @Test("sizes beside the file tell the queries where its lines do not")
  func groupsBeside() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/d.txt"
      try atomicWrite(Array("1 1:1\n0 2:1\n3 1:2\n".utf8), to: path)
      try atomicWrite(Array("1\n2\n".utf8), to: path + ".query")
      let documents = try JudgedDocuments(svmlight: path)
      #expect(documents.queries == [0..<1, 1..<3] && documents.groups == path + ".query")
      // Another number of lines is no file to be passed over.
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
      ("1 qid:1 0:1\n", nil, "line 1", "'0:1'"),
      ("1 qid:1 one\n", nil, "line 1", "'one'"),
      ("1 1:1\n", nil, "line 1", "no qid"),
      ("1 qid:1 1:1\n1 qid:2 1:1\n1 qid:1 1:1\n", nil, "line 3", "comes back"),
      ("1 qid:1 9:1\n", nil, "line 1", "at most 4"),
      ("# nothing\n", nil, "d.txt", "no documents"),
      ("1 1:1\n1 1:2\n", "1\n", "g.txt", "groups of 1 documents in all, expected the 2"),
      ("1 1:1\n1 1:2\n", "1\n3\n", "g.txt, line 2", "only 1 are left"),
      ("1 1:1\n", "many\n", "g.txt, line 1", "'many'"),
    ] as [(String, String?, String, String)])
  func errors(text: String, groups: String?, place: String, found: String) {
    let error = #expect(throws: FormatError.self) {
      try Self.read(text, groups: groups, featureCount: 4)
    }
    #expect(error?.message.contains(place) == true && error?.message.contains(found) == true)
  }

  @Test("a table that no memory holds is refused")
  func large() {
    let error = #expect(throws: FormatError.self) {
      try Self.read(String(repeating: "1 qid:1 1000000:1\n", count: 300))
    }
    #expect(error?.message.contains("300 documents of 1000000 features") == true)
  }
}
