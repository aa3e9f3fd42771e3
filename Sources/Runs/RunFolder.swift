public import Formats

/// A folder with everything one run leaves behind.
///
/// `config.json` holds the resolved settings and `overrides.json` those the user set; `metrics.jsonl` and `metrics.csv` the
/// curves; `summary.json` the end; `STATUS` one word; `checkpoints/` and `samples/` the rest.
public struct RunFolder: Sendable {
  /// Where a run stands.
  public enum Status: String, Sendable { case running, finished, interrupted, failed }

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
    // Where it cannot be told, making the folder will say why.
    if (try? fileExists(path)) == true { throw existing(path) }
  }

  private static func existing(_ path: String) -> FormatError {
    FormatError(.cannotCreate, "\(path): exists already; choose another --out or --resume it")
  }

  /// A folder that an earlier run has made.
  public init(opening path: String) throws(FormatError) {
    guard try fileExists(path + "/config.json") else {
      let found = try fileExists(path) ? "it has no config.json" : "nothing is there"
      throw FormatError(.missing, "\(path): not the folder of a run: \(found)")
    }
    self.path = path
  }

  /// A path inside the folder.
  public func file(_ name: String) -> String { path + "/" + name }

  /// The checkpoint of the latest step.
  public var lastCheckpoint: String { file("checkpoints/last.safetensors") }

  /// The checkpoint with the best validation bound.
  public var bestCheckpoint: String { file("checkpoints/best.safetensors") }

  /// Writes a JSON file whole.
  public func write(_ value: JSON, to name: String) throws(FormatError) {
    try atomicWrite(Array((value.description + "\n").utf8), to: file(name))
  }

  /// Reads a JSON file.
  public func read(_ name: String) throws(FormatError) -> JSON {
    try JSON(file: file(name))
  }

  /// The end of a finished run; throws `FormatError` where it is no object whose steps are a whole number from 0.
  public func summary() throws(FormatError) -> JSON {
    let name = "summary.json"
    let summary = try read(name)
    guard case .object = summary else {
      throw FormatError(.malformed, "\(file(name)): not an object, which a summary is")
    }
    guard let steps = summary["steps"], steps.whole(in: 0...JSON.mostWhole) != nil else {
      throw FormatError(
        .malformed,
        "\(file(name)): steps is \(summary["steps"] ?? .null), expected a whole number from 0")
    }
    return summary
  }

  /// Where the run stands; `nil` where that is not told.
  public var status: Status? {
    let word = (try? fileBytes(file("STATUS")))?.prefix { $0 != UInt8(ascii: "\n") }
    return word.flatMap { Status(rawValue: String(decoding: $0, as: UTF8.self)) }
  }

  /// Says where the run stands.
  public func set(_ status: Status) throws(FormatError) {
    try atomicWrite(Array((status.rawValue + "\n").utf8), to: file("STATUS"))
  }

  /// Makes a folder and those above it.
  private static func makeFolder(_ path: String, mayExist: Bool = true) throws(FormatError) {
    // Asking first whether it exists would let two runs that begin together share a folder.
    if System.makeFolder(path) { return }
    if System.isAbsent {
      try makeFolder(FileName.folder(of: path))
      if System.makeFolder(path) { return }
    }
    let reason = System.reason
    guard System.isTaken else {
      throw FormatError(.cannotCreate, "\(path): cannot be created: \(reason)")
    }
    if !mayExist { throw existing(path) }
  }
}
