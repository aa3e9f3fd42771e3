/// Reader of comma-separated names, one order a line, best first; or of wins, `winner,loser,count`
/// on each line.
///
/// Names may stand in double quotes, a quote within them doubled. Lines are wins where the titles
/// of the columns say so, with a count or without, and where every line has two names that are no
/// numbers and then a whole number. What an order does not name comes after what it names
/// (`Rankings.Unnamed.last`); a win compares its two items alone (`absent`).
///
/// The first of three lines or more is taken for titles where none of its names comes again, it is
/// as long as any other line, and either it has the words of a title alone, such as `first` or
/// `rank 1`, or every other name comes again.
public enum RankingCSV {
  /// Reads a file, plain or gzip, in time linear in its size; items are numbered as they first
  /// occur.
  ///
  /// Throws `FormatError`, with the line, when the file is missing, a line is blank, a name empty,
  /// repeated or badly quoted, or a count of wins is none.
  public static func rankings(_ path: String) throws(FormatError) -> Rankings {
    try rankings(parsing: fileBytes(path, atMost: MemoryBudget.textBytes), path: path)
  }

  /// As `rankings(_:)`, of bytes at hand.
  package static func rankings(
    parsing bytes: [UInt8], path: String
  ) throws(FormatError) -> Rankings {
    try file(parsing: bytes, path: path, hasHeader: nil).rankings
  }

  /// As `rankings(_:)`, of bytes at hand, with what they were found to be.
  static func file(
    parsing bytes: [UInt8], path: String, hasHeader: Bool?
  ) throws(FormatError) -> RankingFile {
    var table = RankingTable(path: path)
    for (number, line) in try TextLines(bytes, path: path) {
      guard !line.isEmpty else { throw .malformed(path, line: number, "an empty order") }
      try table.append(names(in: line, number: number, path: path), line: number)
    }
    return try table.file(hasHeader: hasHeader)
  }

  /// The names of one line; `nil` where it is not a list of names.
  public static func names(of line: String) -> [String]? {
    try? names(in: Array(line.utf8)[...], number: 1, path: "")
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
