import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The file that one session of a run leaves for TensorBoard.
///
/// A record that a crash has torn would hide all after it, so no session appends to the file of
/// another: each has its own, which begins with the step from which on it stands in place of those
/// before.
struct EventFile {
  let path: String
  private var unwritten: [UInt8] = []

  /// The file of a session that begins.
  ///
  /// - Parameter step: the first whose events are its own.
  init(in folder: RunFolder, from step: Int) throws(FormatError) {
    path = try EventFile.freePath(in: folder)
    append(ProtobufMessage { $0.add(Field.version, "brain.Event:2") })
    let start = ProtobufMessage { $0.add(1, SessionStatus.start) }
    append(ProtobufMessage { $0.add(Field.sessionLog, start) }, at: step)
    try flush()
  }

  /// Numbers of the fields of `Event`.
  private enum Field {
    static let time = 1
    static let step = 2
    static let version = 3
    static let summary = 5
    static let sessionLog = 7
  }

  private enum SessionStatus { static let start = 1 }

  /// The beginning of the names of event files.
  static let prefix = "events.out.tfevents."

  private static func freePath(in folder: RunFolder) throws(FormatError) -> String {
    let second = "\(Int(now))"
    let digits = String(repeating: "0", count: max(0, 10 - second.count)) + second
    var number = 0
    while true {
      let name = "\(prefix)\(digits).\(RunLock.host).\(getpid()).\(number)"
      guard try fileExists(folder.file(name)) else { return folder.file(name) }
      number += 1
    }
  }

  /// Seconds since 1970.
  static var now: Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }

  /// Adds the values of a step.
  mutating func add(_ values: [SummaryValue], at step: Int) {
    guard !values.isEmpty else { return }
    let summary = ProtobufMessage { summary in
      for value in values { summary.add(1, value.message) }
    }
    append(ProtobufMessage { $0.add(Field.summary, summary) }, at: step)
  }

  /// Adds the finite numbers of a line of metrics.
  mutating func add(_ line: [JSON.Member], prefix: String = "", at step: Int) {
    add(
      line.compactMap { member in
        guard let value = member.value.number, value.isFinite else { return nil }
        return .scalar(prefix + member.key, value)
      }, at: step)
  }

  private mutating func append(_ content: ProtobufMessage, at step: Int = 0) {
    let event = ProtobufMessage { event in
      event.add(Field.time, EventFile.now)
      event.add(Field.step, step)
    }
    unwritten += EventFile.record(event.bytes + content.bytes)
  }

  /// Length, its checksum, the bytes, and theirs.
  static func record(_ bytes: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(bytes.count))
    return length + littleEndian(CRC32C.masked(length)) + bytes
      + littleEndian(CRC32C.masked(bytes))
  }

  /// Appends to the file what has been added.
  mutating func flush() throws(FormatError) {
    guard !unwritten.isEmpty else { return }
    try Formats.append(unwritten, to: path)
    unwritten = []
  }
}
