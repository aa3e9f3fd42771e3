import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The right to write into a run's folder, which one process has at a time and which dies with it.
final class RunLock: Sendable {
  private let file: Int32

  /// Takes the lock.
  ///
  /// - Throws: `Failure` of kind `cannotCreate` that names the process and the host of its holder.
  init(_ folder: RunFolder) throws {
    let path = RunLock.path(folder)
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else {
      throw FormatError(.cannotCreate, "\(path): cannot be created: \(String(cString: strerror(errno)))")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let holder = (try? fileBytes(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let words = holder.split(whereSeparator: \.isWhitespace)
      close(file)
      let name = words.count == 2 ? "process \(words[0]) on \(words[1])" : "another process"
      throw Failure(.cannotCreate, "\(folder.path): \(name) is writing this run")
    }
    let text = Array("\(getpid()) \(RunLock.host)\n".utf8)
    guard ftruncate(file, 0) == 0, pwrite(file, text, text.count, 0) == text.count else {
      let reason = String(cString: strerror(errno))
      close(file)
      throw FormatError(.inputOutput, "\(path): writing failed: \(reason)")
    }
  }

  deinit { close(file) }

  /// Whether some process, this one included, holds the lock of a folder.
  static func isHeld(_ folder: RunFolder) -> Bool {
    let file = open(path(folder), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0
  }

  private static func path(_ folder: RunFolder) -> String { folder.file(".lock") }

  private static var host: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
