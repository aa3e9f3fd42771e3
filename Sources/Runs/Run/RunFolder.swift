public import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A folder with everything one run leaves behind.
///
/// `config.json` holds the resolved settings and `overrides.json` those the user set; `metrics.jsonl`
/// and `metrics.csv` the curves; `sessions.json` the processes that have worked on it; `summary.json`
/// the end; `STATUS` one word; `checkpoints/` and `samples/` the rest.
public struct RunFolder: Sendable {
  /// Where a run stands; one whose process is gone without a word is lost.
  public enum Status: String, Sendable { case running, finished, interrupted, failed, lost }

  public let path: String

  /// A new folder; one that exists is never touched.
  public init(creating path: String) throws(FormatError) {
    var path = path
    while path.count > 1 && path.last == "/" { path.removeLast() }
    self.path = path
    try RunFolder.makeFolder(path, mayExist: false)
    for folder in ["checkpoints", "samples"] { try RunFolder.makeFolder(file(folder)) }
  }

  /// Throws where something stands already, as making a folder there would, before much is done for it.
  public static func refuseExisting(_ path: String) throws(FormatError) {
    if fileExists(path) { throw existing(path) }
  }

  private static func existing(_ path: String) -> FormatError {
    FormatError(.cannotCreate, "\(path): exists already; choose another --out or --resume it")
  }

  /// A new folder named after a model and the moment, the next free one if another took the name.
  public static func create(for model: String) throws(FormatError) -> RunFolder {
    let base = dated(model)
    var (path, number) = (base, 1)
    while true {
      do {
        return try RunFolder(creating: path)
      } catch {
        guard fileExists(path) else { throw error }
        number += 1
        path = "\(base)-\(number)"
      }
    }
  }

  private static func dated(_ model: String) -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "runs/\(model)/\(date)-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
  }

  /// A folder that an earlier run has made.
  public init(opening path: String) throws(FormatError) {
    guard fileExists(path + "/config.json") else {
      throw FormatError(.missing, "\(path): not the folder of a run: it has no config.json")
    }
    self.path = path
  }

  /// The folder at a path, whatever is in it.
  package init(at path: String) { self.path = path }

  /// A path inside the folder.
  public func file(_ name: String) -> String { path + "/" + name }

  /// The checkpoint of the latest step.
  public var lastCheckpoint: String { file("checkpoints/last.safetensors") }

  /// The checkpoint before the latest, which a run goes on from where the latest is damaged.
  public var previousCheckpoint: String { file("checkpoints/previous.safetensors") }

  /// Makes the latest checkpoint the one before, as a newer is about to be written.
  func keepPrevious() throws(FormatError) {
    guard fileExists(lastCheckpoint) else { return }
    guard rename(lastCheckpoint, previousCheckpoint) == 0 else {
      throw FormatError(
        .cannotCreate,
        "\(previousCheckpoint): cannot be replaced: \(String(cString: strerror(errno)))")
    }
  }

  /// The checkpoint of the state that evaluations found best, where they choose one.
  public var bestCheckpoint: String { file("checkpoints/best.safetensors") }

  /// Writes a JSON file whole.
  public func write(_ value: JSON, to name: String) throws(FormatError) {
    try atomicWrite(Array((value.description + "\n").utf8), to: file(name))
  }

  /// Reads a JSON file.
  public func read(_ name: String) throws(FormatError) -> JSON {
    try JSON(file: file(name))
  }

  /// Where the run stands; `nil` where it has not begun.
  public var status: Status? {
    let word = (try? fileBytes(file("STATUS")))?.prefix { $0 != UInt8(ascii: "\n") }
    let status = word.flatMap { Status(rawValue: String(decoding: $0, as: UTF8.self)) }
    return status == .running && !RunLock.isHeld(self) ? .lost : status
  }

  /// Says where the run stands.
  public func set(_ status: Status) throws(FormatError) {
    try atomicWrite(Array((status.rawValue + "\n").utf8), to: file("STATUS"))
  }

  /// Makes a folder and those above it.
  private static func makeFolder(_ path: String, mayExist: Bool = true) throws(FormatError) {
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      let above = String(path[..<slash])
      if !fileExists(above) { try makeFolder(above) }
    }
    guard mkdir(path, 0o777) != 0 else { return }
    // Asking first whether it exists would let two runs that begin together share a folder.
    switch errno {
    case EEXIST where mayExist: return
    case EEXIST: throw existing(path)
    case let code:
      throw FormatError(
        .cannotCreate, "\(path): cannot be created: \(String(cString: strerror(code)))")
    }
  }
}
