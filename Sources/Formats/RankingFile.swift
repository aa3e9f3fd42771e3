/// A file of rankings, and what it was found to be.
public struct RankingFile: Sendable {
  /// The kind of the lines.
  public enum Layout: Sendable, Equatable {
    /// PrefLib's, with header lines of its own.
    case prefLib
    /// Names, best first.
    case orders
    /// A winner, a loser, and how often it was so.
    case wins
  }

  /// How a file is written, after the ends of names.
  public enum Format: String, Sendable, CaseIterable { case soc, soi, toc, toi, csv }

  public let rankings: Rankings
  public let layout: Layout
  /// The titles of columns in the first line of a `.csv`; `nil` where that line is data.
  public let header: [String]?

  /// Reads a file by the end of its name: PrefLib's `.soc`, `.soi`, `.toc` and `.toi`, or `.csv`;
  /// each also with `.gz`.
  ///
  /// A `.csv` that begins as PrefLib's files do is read as such.
  ///
  /// - Parameters:
  ///   - format: what stands in place of the end of the name; `nil` for that end.
  ///   - hasHeader: whether the first line of a `.csv` has titles; `nil` to find out, as
  ///     `RankingCSV` says.
  /// - Throws: `FormatError` when the name ends otherwise and as `PrefLib` and `RankingCSV` do.
  public init(
    _ path: String, format: Format? = nil, hasHeader: Bool? = nil
  ) throws(FormatError) {
    let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
    let plain = path.hasSuffix(".gz") ? path.dropLast(3) : path[...]
    let end = plain.split(separator: ".").last?.lowercased()
    switch format ?? end.flatMap(Format.init) {
    case .csv where !PrefLib.begins(bytes):
      self = try RankingCSV.file(parsing: bytes, path: path, hasHeader: hasHeader)
    case _?:
      self.init(
        rankings: try PrefLib.rankings(parsing: bytes, path: path), layout: .prefLib, header: nil)
    case nil:
      throw .malformed(path, "the name ends in none of .soc, .soi, .toc, .toi and .csv")
    }
  }

  init(rankings: Rankings, layout: Layout, header: [String]?) {
    self.rankings = rankings
    self.layout = layout
    self.header = header
  }
}

extension Rankings {
  /// The rankings of a file, as `RankingFile` reads it.
  public init(_ path: String) throws(FormatError) {
    self = try RankingFile(path).rankings
  }
}
