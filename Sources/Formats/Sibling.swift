/// A new file beside another, whose name it is to take.
///
/// Its writer holds a lock on it. One that nobody holds is an orphan of a process that has died,
/// and goes when the next one is made in its folder. Its own name is short and random: any name
/// fits beside it, and nobody can have put a link there.
struct Sibling {
  private(set) var file: Int32 = -1
  private(set) var path = ""

  /// Throws `FormatError`: `cannotCreate`.
  init(of target: String, permissions: UInt32) throws(FormatError) {
    let folder = FileName.folder(of: target)
    Sibling.sweep(folder)
    repeat {
      let name = String(UInt64.random(in: 0...(.max)), radix: 16)
      path = "\(folder)/\(Sibling.prefix)\(name)\(Sibling.suffix)"
      // Its owner may write it, or could not sweep it.
      file = System.openNew(path, permissions: permissions | 0o600)
      guard file >= 0 || System.isTaken else {
        throw FormatError(.cannotCreate, "\(target): cannot be created: \(System.reason)")
      }
    } while file < 0 || !isKept()
  }

  /// Locks it; takes it away where another process has seen it without its lock, as an orphan.
  private func isKept() -> Bool {
    let isLocked = System.lock(file) || !System.isLocked
    if isLocked && System.information(file)?.links == 1 { return true }
    discard()
    return false
  }

  /// Takes it away again.
  func discard() {
    System.remove(path)
    System.closeFile(file)
  }

  private static let prefix = ".discrete-"
  private static let suffix = ".tmp"

  private static func sweep(_ folder: String) {
    for name in System.names(in: folder) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let path = "\(folder)/\(name)"
      let file = System.openToLock(path)
      guard file >= 0 else { continue }
      defer { System.closeFile(file) }
      if System.information(file)?.kind == .file, System.lock(file) { System.remove(path) }
    }
  }
}
