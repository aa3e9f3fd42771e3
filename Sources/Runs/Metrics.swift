public import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The curves of a run: one JSON object per line, and the same as a table at the end.
public struct Metrics: Sendable {
  private let folder: RunFolder
  private static let name = "metrics.jsonl"

  /// Metrics of a run that begins.
  public init(_ folder: RunFolder) {
    self.folder = folder
  }

  /// Forgets what was logged after `step`, so that a resumed run leaves the lines an uninterrupted one would.
  public func truncate(after step: Int) throws(FormatError) {
    let kept = try lines().filter { ($0["step"]?.number).map { Int($0) <= step } ?? false }
    let text = kept.map { $0.description + "\n" }.joined()
    try atomicWrite(Array(text.utf8), to: folder.file(Metrics.name))
  }

  /// Appends one line, in one write.
  public func log(_ values: JSON) throws(FormatError) {
    let path = folder.file(Metrics.name)
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    let line = Array((values.description + "\n").utf8)
    let written = file < 0 ? -1 : write(file, line, line.count)
    let reason = String(cString: strerror(errno))
    if file >= 0 { close(file) }
    guard written == line.count else {
      throw FormatError(.inputOutput, "\(path): cannot be appended to: \(reason)")
    }
  }

  /// Writes `metrics.csv`: a column for every key, in order of appearance, empty where a line lacks it.
  public func writeTable() throws(FormatError) {
    let lines = try lines()
    var columns: [String] = []
    for case .object(let members) in lines {
      for member in members where !columns.contains(member.key) { columns.append(member.key) }
    }
    var text = columns.joined(separator: ",") + "\n"
    for line in lines {
      text += columns.map { line[$0].map(\.description) ?? "" }.joined(separator: ",") + "\n"
    }
    try atomicWrite(Array(text.utf8), to: folder.file("metrics.csv"))
  }

  private func lines() throws(FormatError) -> [JSON] {
    let path = folder.file(Metrics.name)
    guard fileExists(path) else { return [] }
    var result: [JSON] = []
    for line in try fileBytes(path).split(separator: UInt8(ascii: "\n")) {
      // The last line may be torn if the machine stopped while it was written.
      if let value = try? JSON(parsing: line) { result.append(value) }
    }
    return result
  }
}
