/// Reader of orders as comma-separated names, one order a line, best first.
///
/// Names may stand in double quotes, a quote within them doubled. What a line leaves out comes after what it names.
public enum RankingCSV {
  /// Reads a file, plain or gzip, in time linear in its size; items are numbered as they first occur.
  ///
  /// Throws `FormatError`, with the line, when the file is missing, a line is blank, a name empty, repeated or badly quoted.
  public static func rankings(_ path: String) throws(FormatError) -> Rankings {
    try rankings(parsing: fileBytes(path, atMost: MemoryBudget.textBytes), path: path)
  }

  /// As `rankings(_:)`, of bytes at hand.
  package static func rankings(
    parsing bytes: [UInt8], path: String
  ) throws(FormatError) -> Rankings {
    var numbers: [String: Int] = [:]
    var items: [String] = []
    var entries: [Rankings.Entry] = []
    var size = RankingsSize()
    // The line in which an item was last seen.
    var seen: [Int] = []
    for (number, line) in try TextLines(bytes, path: path) {
      guard !line.isEmpty else { throw .malformed(path, line: number, "an empty order") }
      var groups: [[Int]] = []
      for name in try names(in: line, number: number, path: path) {
        let item = numbers[name] ?? items.count
        if item == items.count {
          numbers[name] = item
          items.append(name)
          seen.append(0)
        }
        guard seen[item] != number else {
          throw .malformed(path, line: number, "'\(name)' a second time")
        }
        seen[item] = number
        groups.append([item])
      }
      try size.add(groups, path: path, line: number)
      entries.append(Rankings.Entry(groups: groups, line: number))
    }
    guard !entries.isEmpty else { throw .malformed(path, "is empty, expected orders of names") }
    return Rankings(items: items, entries: entries)
  }

  /// `name` as one field of a line.
  public static func field(_ name: String) -> String {
    let isPlain =
      !name.isEmpty && !name.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      && name.first != " " && name.last != " "
    return isPlain
      ? name
      : "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }

  private static func names(
    in line: ArraySlice<UInt8>, number: Int, path: String
  ) throws(FormatError) -> [String] {
    let quote = UInt8(ascii: "\"")
    var names: [String] = []
    var rest = line
    while true {
      rest = rest.trimmed
      var name: [UInt8] = []
      if rest.first == quote {
        rest = rest.dropFirst()
        while true {
          guard let end = rest.firstIndex(of: quote) else {
            throw .malformed(path, line: number, "a quote without end")
          }
          name += rest[..<end]
          rest = rest[(end + 1)...]
          guard rest.first == quote else { break }
          name.append(quote)
          rest = rest.dropFirst()
        }
        rest = rest.trimmed
        guard rest.isEmpty || rest.first == UInt8(ascii: ",") else {
          throw .malformed(path, line: number, "'\(rest.excerpt)' after a quoted name")
        }
      } else {
        let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
        name = Array(rest[..<end].trimmed)
        rest = rest[end...]
      }
      guard !name.isEmpty else {
        throw .malformed(path, line: number, "an empty name in place \(names.count + 1)")
      }
      names.append(String(decoding: name, as: UTF8.self))
      if rest.isEmpty { return names }
      rest = rest.dropFirst()
    }
  }
}
