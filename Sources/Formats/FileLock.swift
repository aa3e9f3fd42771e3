/// The lock of a file, which one process has at a time and which dies with it.
package final class FileLock: Sendable {
  private let file: Int32

  /// Takes the lock and leaves the holder's name in the file; `nil` where another has it.
  package init?(_ path: String, holder: String) throws(FormatError) {
    file = System.openToHold(path)
    guard file >= 0 else {
      throw FormatError(.cannotCreate, "\(path): cannot be created: \(System.reason)")
    }
    guard System.lock(file) else { return nil }
    let isWritten = Array("\(holder)\n".utf8).withUnsafeBytes {
      System.replaceContent(of: file, $0)
    }
    guard isWritten else {
      throw FormatError(.inputOutput, "\(path): writing failed: \(System.reason)")
    }
  }

  deinit { System.closeFile(file) }

  /// Whether some process, this one included, holds the lock of a file.
  package static func isHeld(_ path: String) -> Bool {
    let file = System.openToRead(path)
    guard file >= 0 else { return false }
    defer { System.closeFile(file) }
    return !System.lock(file)
  }
}

/// Waits until a file's content is on the disk.
package func synchronize(_ path: String) throws(FormatError) {
  let file = System.openToWrite(path)
  let isDone = file >= 0 && System.synchronize(file)
  let reason = System.reason
  if file >= 0 { System.closeFile(file) }
  guard isDone else { throw FormatError(.inputOutput, "\(path): cannot be written: \(reason)") }
}

/// Takes a file away, if it is there.
package func removeFile(_ path: String) { System.remove(path) }

/// Gives a file another name beside it, in place of a file of that name.
package func renameFile(_ path: String, to other: String) throws(FormatError) {
  guard System.renameFile(path, other) else {
    throw FormatError(.cannotCreate, "\(other): cannot be replaced: \(System.reason)")
  }
}
