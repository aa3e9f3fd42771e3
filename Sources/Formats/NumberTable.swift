/// Rows of numbers from comma-separated text, whose first line may have titles.
package struct NumberTable: Sendable {
  /// Numbers of each row.
  package let width: Int
  /// Row by row.
  package let rows: [[Double]]

  /// Reads a file, plain or gzip; throws `FormatError` that names the line.
  package init(_ path: String) throws(FormatError) {
    let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
    var rows: [[Double]] = []
    var width: Int?
    for (number, line) in try TextLines(bytes, path: path) where !line.isEmpty {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let texts = fields.map(\.trimmed)
      let values = texts.map { Double(String(decoding: $0, as: UTF8.self)) ?? .nan }
      if let width, width != texts.count {
        throw .malformed(path, line: number, "\(texts.count) fields, expected \(width)")
      }
      if width == nil {
        width = texts.count
        if values.allSatisfy(\.isNaN) { continue }
      }
      if let column = values.firstIndex(where: { !$0.isFinite }) {
        throw .malformed(
          path, line: number,
          "'\(texts[column].excerpt)' in column \(column + 1), expected a number"
        )
      }
      rows.append(values)
    }
    guard let width, !rows.isEmpty else { throw .malformed(path, "holds no rows of numbers") }
    (self.width, self.rows) = (width, rows)
  }
}
