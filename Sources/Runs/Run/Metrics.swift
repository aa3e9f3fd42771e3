public import Formats

/// The curves of a run: one JSON object per line, and the same as a table at the end.
public struct Metrics: Sendable {
  private let folder: RunFolder
  private static let name = "metrics.jsonl"
  /// The largest size of the file: its values take eight times their texts.
  private static let mostBytes = MemoryBudget.bytes / 8

  /// Metrics of a run that begins.
  public init(_ folder: RunFolder) {
    self.folder = folder
  }

  /// Number of whole lines, which are not parsed for it.
  public func count() throws(FormatError) -> Int {
    try bytes().count { $0 == UInt8(ascii: "\n") }
  }

  /// Number of lines up to the first of a later step.
  func count(upTo step: Int) throws(FormatError) -> Int {
    try lines().prefix { $0["step"]?.whole(in: 0...step) != nil }.count
  }

  /// Forgets all lines but the first `count`, so that a resumed run leaves the lines an
  /// uninterrupted one would; throws where there are fewer.
  public func truncate(to count: Int) throws(FormatError) {
    let lines = try lines()
    guard lines.count >= count else {
      throw FormatError(
        .malformed,
        "\(folder.file(Metrics.name)): \(lines.count) lines, expected the \(count) that the checkpoint counts"
      )
    }
    let text = lines.prefix(count).map { $0.description + "\n" }.joined()
    try atomicWrite(Array(text.utf8), to: folder.file(Metrics.name))
  }

  /// Waits until all lines are on the disk.
  func synchronize() throws(FormatError) {
    let path = folder.file(Metrics.name)
    if try fileExists(path) { try Formats.synchronize(path) }
  }

  /// Appends one line.
  public func log(_ values: JSON) throws(FormatError) {
    try append(Array("\(values)\n".utf8), to: folder.file(Metrics.name))
  }

  /// Writes `metrics.csv`: a column for every key, in order of appearance, empty where a line lacks
  /// it.
  public func writeTable() throws(FormatError) {
    let lines = try lines()
    var columns: [String] = []
    for case .object(let members) in lines {
      for member in members where !columns.contains(member.key) { columns.append(member.key) }
    }
    var text = columns.map { Metrics.cell(.string($0)) }.joined(separator: ",") + "\n"
    for line in lines {
      text += columns.map { Metrics.cell(line[$0]) }.joined(separator: ",") + "\n"
    }
    try atomicWrite(Array(text.utf8), to: folder.file("metrics.csv"))
  }

  /// A value as RFC 4180 writes it; a missing value is empty.
  private static func cell(_ value: JSON?) -> String {
    guard let value, value != .null else { return "" }
    let text = value.string ?? value.description
    guard text.utf8.contains(where: { [0x0A, 0x0D, 0x22, 0x2C].contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// The file as it is, empty where nothing has been logged.
  private func bytes() throws(FormatError) -> [UInt8] {
    let path = folder.file(Metrics.name)
    return try fileExists(path) ? storedBytes(path, atMost: Metrics.mostBytes) : []
  }

  /// Every line, in order; throws where one that is not the last cannot be read.
  public func lines() throws(FormatError) -> [JSON] {
    let found = try readable()
    if let damage = found.damages.first { throw FormatError(.malformed, damage) }
    return found.lines
  }

  /// Every line that can be read, in order, and a sentence for each that cannot.
  public func readable() throws(FormatError) -> (lines: [JSON], damages: [String]) {
    let path = folder.file(Metrics.name)
    let lines = try bytes().split(separator: UInt8(ascii: "\n"))
    var (result, damages): ([JSON], [String]) = ([], [])
    for (index, line) in lines.enumerated() {
      do {
        result.append(try JSON(parsing: line))
      } catch {
        // The last line may be torn if the machine stopped while it was written; no other can be.
        if index < lines.count - 1 {
          damages.append("\(path): line \(index + 1): not JSON: \(error)")
        }
      }
    }
    return (result, damages)
  }
}
