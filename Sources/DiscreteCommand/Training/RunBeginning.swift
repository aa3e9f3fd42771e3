import CKernels
import Formats
import Runs

extension RunOptions {
  /// Sets the threads, and refuses a run without a name for its folder.
  func prepare() throws(Failure) {
    if let threads {
      guard (1...1024).contains(threads) else {
        throw Failure(.usage, "threads is '\(threads)', not a whole number from 1 to 1024")
      }
      dk_set_thread_count(Int32(threads))
    }
    guard out != "" else { throw Failure(.usage, "--out is empty, expected a folder") }
  }

  /// Refuses what would change the run at `path`, which is to go on as it was; `exceptions` says in words what may differ.
  func checkResuming(
    _ path: String, with flags: [(key: String, text: String?)], exceptions: String = "none"
  ) throws(Failure) {
    guard flags.allSatisfy({ $0.text == nil }), out == nil, config == nil, sets.isEmpty else {
      throw Failure(
        .usage, "--resume goes on with the settings of \(path); \(exceptions) may differ")
    }
  }

  /// Defaults, then the file, then `--set`.
  func settings(_ defaults: [(key: String, text: String?)]) throws -> Settings {
    var settings = Settings(defaults)
    if let config { try settings.read(file: config) }
    for text in sets {
      let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty else {
        throw Failure(.usage, "--set takes key=value, not '\(text)'")
      }
      try settings.set(String(pair[0]), to: String(pair[1]), from: .commandLine)
    }
    return settings
  }
}

extension RunFolder {
  /// A new folder with the settings of a run, those that the user has set, and the environment.
  init(creating path: String, recording settings: Settings) throws {
    try self.init(creating: path)
    try record(settings)
    try write(RunFolder.object(settings.overriding), to: "overrides.json")
    try write(RunEnvironment.json, to: "environment.json")
  }

  /// Writes what the run goes by from now on: one that is resumed may have become longer.
  func record(_ settings: Settings) throws {
    try write(RunFolder.object(settings.resolved), to: "config.json")
  }

  private static func object(_ pairs: [(key: String, text: String)]) -> JSON {
    .object(pairs.map { JSON.Member($0.key, JSON($0.text)) })
  }
}
