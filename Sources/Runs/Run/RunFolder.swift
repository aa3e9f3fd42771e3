public import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A folder with everything one run leaves behind.
///
/// `config.json` holds the resolved settings and `overrides.json` those the user set;
/// `metrics.jsonl` and `metrics.csv` the figures, `curves.svg` their picture; `sessions.json` the
/// processes that have worked on it; `summary.json` the end; `STATUS` one word; `checkpoints/` and
/// `samples/` the rest.
public struct RunFolder: Sendable {
  /// Where a run stands; one whose process is gone without a word is lost.
  public enum Status: String, Sendable { case running, finished, interrupted, failed, lost }

  public let path: String

  /// A new folder; one that exists is never touched.
  public init(creating path: String) throws(FormatError) {
    var path = path
    while path.count > 1 && path.last == "/" { path.removeLast() }
    self.path = path
    guard try makeFolder(path) else { throw RunFolder.existing(path) }
    for folder in ["checkpoints", "samples"] { try makeFolder(file(folder)) }
  }

  /// Throws where something stands already, as making a folder there would, before much is done for
  /// it.
  public static func refuseExisting(_ path: String) throws(FormatError) {
    // Where it cannot be told, making the folder will say why.
    if (try? fileExists(path)) == true { throw existing(path) }
  }

  private static func existing(_ path: String) -> FormatError {
    FormatError(.cannotCreate, "\(path): exists already; choose another --out or --resume it")
  }

  /// A new folder named after a model and the moment, the next free one if another took the name.
  public static func create(for model: String) throws(FormatError) -> RunFolder {
    while true {
      let path = try freePath(for: model)
      do {
        return try RunFolder(creating: path)
      } catch {
        // Another run may have taken the name since it was found free.
        guard try fileExists(path) else { throw error }
      }
    }
  }

  /// A path named after a model and the moment where nothing stands.
  public static func freePath(for model: String) throws(FormatError) -> String {
    let base = dated(model)
    var (path, number) = (base, 1)
    while try fileExists(path) {
      number += 1
      path = "\(base)-\(number)"
    }
    return path
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
    guard try fileExists(path + "/config.json") else {
      let found = try fileExists(path) ? "it has no config.json" : "nothing is there"
      throw FormatError(.missing, "\(path): not the folder of a run: \(found)")
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
    guard try fileExists(lastCheckpoint) else { return }
    try renameFile(lastCheckpoint, to: previousCheckpoint)
  }

  /// The checkpoint of the state that evaluations found best, where they choose one.
  public var bestCheckpoint: String { file("checkpoints/best.safetensors") }

  /// The picture that a finished run leaves, where it has images.
  public var picture: String { file("samples/final.png") }

  private static let samplePrefix = "step-"

  /// The path of the samples of a step, or of the end.
  func samplePath(at step: Int?, ending: String) -> String {
    guard let step else { return file("samples/final.\(ending)") }
    let digits = "\(step)"
    let padding = String(repeating: "0", count: max(0, 8 - digits.count))
    return file("samples/\(RunFolder.samplePrefix)\(padding)\(digits).\(ending)")
  }

  /// The samples that were kept on the way, in the order of their steps.
  public var samples: [(step: Int, path: String)] {
    let names = System.names(in: file("samples")) ?? []
    let found = names.compactMap { name -> (step: Int, path: String)? in
      guard name.hasPrefix(RunFolder.samplePrefix), let dot = name.lastIndex(of: "."),
        let step = Int(name[..<dot].dropFirst(RunFolder.samplePrefix.count))
      else { return nil }
      return (step, file("samples/\(name)"))
    }
    return found.sorted { $0.step < $1.step }
  }

  /// Forgets the samples of later steps.
  func forgetSamples(after step: Int) {
    for sample in samples where sample.step > step { System.remove(sample.path) }
  }

  /// Writes a JSON file whole.
  public func write(_ value: JSON, to name: String) throws(FormatError) {
    try atomicWrite(Array((value.description + "\n").utf8), to: file(name))
  }

  /// Reads a JSON file.
  public func read(_ name: String) throws(FormatError) -> JSON {
    try JSON(file: file(name))
  }

  /// The end of a finished run; throws `FormatError` where it is not an object whose steps are a
  /// whole number from 0.
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
}
