/// The lines of names of a file, from which it is found out what they are.
struct RankingTable {
  private struct Row {
    let line: Int
    let fields: Range<Int>
  }

  private let path: String
  private var numbers: [String: Int] = [:]
  /// Every text that occurs, and how often.
  private var texts: [String] = []
  private var occurrences: [Int] = []
  /// The texts of all rows, one row after the other.
  private var fields: [Int32] = []
  private var rows: [Row] = []
  private var size = RankingsSize()

  init(path: String) { self.path = path }

  mutating func append(_ names: [String], line: Int) throws(FormatError) {
    try size.add(places: names.count, path: path, line: line)
    let start = fields.count
    for name in names {
      let number = numbers[name] ?? texts.count
      if number == texts.count {
        numbers[name] = number
        texts.append(name)
        occurrences.append(0)
      }
      occurrences[number] += 1
      fields.append(Int32(number))
    }
    rows.append(Row(line: line, fields: start..<fields.count))
  }

  /// - Parameter hasHeader: whether the first row has titles; `nil` to find out.
  func file(hasHeader: Bool?) throws(FormatError) -> RankingFile {
    guard let first = rows.first else {
      throw .malformed(path, "is empty, expected orders of names")
    }
    let titles = first.fields.map { texts[Int(fields[$0])] }
    let areWinsTitled = Self.winTitles.contains(titles.map { $0.lowercased() })
    let isHeader = hasHeader ?? (areWinsTitled || isHeader(first))
    let data = isHeader ? rows.dropFirst() : rows[...]
    guard !data.isEmpty else { throw .malformed(path, "has no orders below its titles") }
    let areWins = isHeader && areWinsTitled || areWins(data)
    return RankingFile(
      rankings: areWins ? try wins(data) : try orders(data),
      layout: areWins ? .wins : .orders, header: isHeader ? titles : nil)
  }

  private static let winTitles = [["winner", "loser"], ["winner", "loser", "count"]]
  /// The titles of places, without the number behind them.
  private static let titleWords: Set<String> = [
    "rank", "place", "position", "choice", "preference", "best", "worst", "first", "second",
    "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "last", "1st",
    "2nd",
    "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th",
  ]

  private func isHeader(_ first: Row) -> Bool {
    let own = fields[first.fields].map(Int.init)
    let rest = rows.dropFirst()
    guard rest.count > 1, own.allSatisfy({ occurrences[$0] == 1 && !isNumber($0) }) else {
      return false
    }
    if own.count == 3, areWins(rest) { return true }
    guard rest.allSatisfy({ $0.fields.count <= own.count }) else { return false }
    let areTitles = own.allSatisfy { text in
      let word = texts[text].lowercased()
      var stem = word[...]
      while let last = stem.last, "0123456789_-. ".contains(last) { stem = stem.dropLast() }
      return Self.titleWords.contains(word) || Self.titleWords.contains(String(stem))
    }
    return areTitles || occurrences.indices.allSatisfy { occurrences[$0] > 1 || own.contains($0) }
  }

  private func isNumber(_ text: Int) -> Bool { Array(texts[text].utf8)[...].wholeNumber != nil }

  private func areWins(_ rows: ArraySlice<Row>) -> Bool {
    let areNumbers = texts.indices.map(isNumber)
    return rows.allSatisfy { row in
      row.fields.count == 3
        && row.fields.map { areNumbers[Int(fields[$0])] } == [false, false, true]
    }
  }

  private func orders(_ rows: ArraySlice<Row>) throws(FormatError) -> Rankings {
    var items = Items(count: texts.count)
    var entries: [Rankings.Entry] = []
    for row in rows {
      entries.append(
        Rankings.Entry(groups: try places(row.fields, of: row, &items), line: row.line))
    }
    return Rankings(items: items.texts.map { texts[$0] }, entries: entries)
  }

  private func wins(_ rows: ArraySlice<Row>) throws(FormatError) -> Rankings {
    let columns = rows.first?.fields.count == 2 ? 2 : 3
    var items = Items(count: texts.count)
    var entries: [Rankings.Entry] = []
    var total = 0
    for row in rows {
      guard row.fields.count == columns else {
        throw .malformed(
          path, line: row.line,
          "\(row.fields.count) fields, expected winner,loser\(columns == 3 ? ",count" : "")")
      }
      var count = 1
      if columns == 3 {
        let text = Array(texts[Int(fields[row.fields.upperBound - 1])].utf8)[...]
        guard let found = text.wholeNumber, found > 0 else {
          throw .malformed(
            path, line: row.line, "'\(text.excerpt)' wins, expected a whole number from 1")
        }
        count = found
      }
      let (sum, isOver) = total.addingReportingOverflow(count)
      guard !isOver else {
        throw .malformed(path, line: row.line, "more wins up to here than can be counted")
      }
      total = sum
      let groups = try places(row.fields.prefix(2), of: row, &items)
      entries.append(Rankings.Entry(groups: groups, multiplicity: count, line: row.line))
    }
    return Rankings(items: items.texts.map { texts[$0] }, entries: entries, unnamed: .absent)
  }

  /// The items so far, in the order in which they first occur.
  private struct Items {
    var texts: [Int] = []
    var numbers: [Int]
    /// The line in which a text was last seen.
    var seen: [Int]

    init(count: Int) {
      numbers = Array(repeating: -1, count: count)
      seen = Array(repeating: 0, count: count)
    }
  }

  private func places(
    _ range: Range<Int>, of row: Row, _ items: inout Items
  ) throws(FormatError) -> [[Int]] {
    var groups: [[Int]] = []
    for text in fields[range].map(Int.init) {
      guard items.seen[text] != row.line else {
        throw .malformed(path, line: row.line, "'\(texts[text])' a second time")
      }
      items.seen[text] = row.line
      if items.numbers[text] < 0 {
        items.numbers[text] = items.texts.count
        items.texts.append(text)
      }
      groups.append([items.numbers[text]])
    }
    return groups
  }
}
