import Formats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The right to write into a run's folder, which one process has at a time and which dies with it.
package struct RunLock: Sendable {
  private let lock: FileLock

  /// Takes the lock.
  ///
  /// - Throws: `Failure` of kind `cannotCreate` that names the process and the host of its holder.
  package init(_ folder: RunFolder) throws {
    let path = RunLock.path(folder)
    guard let lock = try FileLock(path, holder: "\(getpid()) \(RunLock.host)") else {
      let text = String(decoding: (try? fileBytes(path)) ?? [], as: UTF8.self)
      let words = text.split(whereSeparator: \.isWhitespace)
      let holder = words.count == 2 ? "process \(words[0]) on \(words[1])" : "another process"
      throw Failure(.cannotCreate, "\(folder.path): \(holder) is writing this run")
    }
    self.lock = lock
  }

  /// Whether some process, this one included, holds the lock of a folder.
  static func isHeld(_ folder: RunFolder) -> Bool { FileLock.isHeld(path(folder)) }

  private static func path(_ folder: RunFolder) -> String { folder.file(".lock") }

  static var host: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
