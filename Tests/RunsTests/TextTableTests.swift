import Testing

@testable import Runs

struct TextTableTests {
  @Test("columns are as wide as they need, two spaces apart, and nothing stands behind the last")
  func widths() {
    let table = TextTable(["a", "number", "b"], [["longer", "1", "x"], ["c", "22", ""]])
    #expect(table.lines == ["a       number  b", "longer  1       x", "c       22"])
  }

  @Test("a table without rows has its titles")
  func noRows() {
    #expect(TextTable(["a", "b"], []).lines == ["a  b"])
  }
}
