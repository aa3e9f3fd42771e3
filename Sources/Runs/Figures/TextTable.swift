import Tensors

/// A table in lines of text: titles, and rows in columns as wide as they need.
package struct TextTable: Sendable {
  package let titles: [String]
  package let rows: [[String]]

  /// Traps unless every row has as many cells as there are titles.
  package init(_ titles: [String], _ rows: [[String]]) {
    require(
      rows.allSatisfy { $0.count == titles.count },
      "rows of \(rows.map(\.count)) cells below \(titles.count) titles")
    self.titles = titles
    self.rows = rows
  }

  /// The titles and the rows, without spaces at their ends.
  package var lines: [String] {
    let all = [titles] + rows
    let widths = titles.indices.map { column in (all.map { $0[column].count }.max() ?? 0) + 2 }
    return all.map { row in
      let line = zip(row, widths).map { padded($0, $1) }.joined()
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

/// A text with spaces after it up to a width, and one at least.
package func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}
