/// Reader of FASTA: records of letters, each under a line that begins with `>`.
public enum FASTA {
  public struct Record: Sendable, Equatable {
    /// The header without the `>`.
    public let name: String
    /// Capital letters, `*` or `-`.
    public let letters: [UInt8]
  }

  /// Reads a file, plain or gzip; small letters become capitals, and blank lines are nothing.
  ///
  /// Throws `FormatError`, with the line, when the file is missing, letters stand before the first
  /// header, or something else than letters, `*` and `-` stands in a sequence; and when there are
  /// no letters at all.
  public static func records(_ path: String) throws(FormatError) -> [Record] {
    try records(parsing: fileBytes(path), path: path)
  }

  /// As `records(_:)`, of bytes at hand.
  package static func records(parsing bytes: [UInt8], path: String) throws(FormatError) -> [Record]
  {
    var records: [Record] = []
    var name: String?
    var letters: [UInt8] = []
    func finish() {
      if let name { records.append(Record(name: name, letters: letters)) }
    }
    for (number, line) in try TextLines(bytes, path: path) {
      guard let first = line.first else { continue }
      if first == UInt8(ascii: ">") {
        finish()
        name = String(decoding: line.dropFirst().trimmed, as: UTF8.self)
        letters = []
        continue
      }
      guard name != nil else {
        throw .malformed(
          path, line: number, "'\(line.excerpt)' before the first header, a '>' line")
      }
      for byte in line {
        let capital = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
        let isLetter = capital >= UInt8(ascii: "A") && capital <= UInt8(ascii: "Z")
        guard isLetter || capital == UInt8(ascii: "*") || capital == UInt8(ascii: "-") else {
          throw .malformed(
            path, line: number, "'\(line.excerpt)' has more than letters, '*' and '-'")
        }
        letters.append(capital)
      }
    }
    finish()
    guard records.contains(where: { !$0.letters.isEmpty }) else {
      throw .malformed(path, "no sequences, expected FASTA")
    }
    return records
  }
}
