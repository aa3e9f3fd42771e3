#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system calls of the package, by their result instead of `errno`; an interrupted one is made
/// again.
package enum System {
  /// The message of the last failed call.
  package static var reason: String { String(cString: strerror(errno)) }

  /// Whether the last failed call did so because nothing stands there.
  package static var isAbsent: Bool { errno == ENOENT || errno == ENOTDIR }

  /// Whether the last failed call did so because a file or folder is not there or may not be read.
  static var isMissing: Bool {
    isAbsent || [EACCES, ELOOP, ENAMETOOLONG].contains(errno)
  }

  /// Whether the last failed call did so because something stands there already.
  package static var isTaken: Bool { errno == EEXIST }

  /// Whether the last failed call did so because another holds the lock.
  static var isLocked: Bool { errno == EWOULDBLOCK }

  /// Whether the last failed call did so because nobody reads the pipe any more.
  static var isClosedPipe: Bool { errno == EPIPE }

  /// The folder that relative paths begin at; `nil` where it is gone.
  static var workingFolder: String? {
    guard let name = getcwd(nil, 0) else { return nil }
    defer { free(name) }
    return FileName.text(of: UnsafeRawBufferPointer(start: name, count: strlen(name)))
  }

  static func openToRead(_ path: String) -> Int32 { open(path, O_RDONLY) }

  /// Opens what is there, to write into it.
  static func openToWrite(_ path: String) -> Int32 { open(path, O_WRONLY | O_NOCTTY) }

  static func openToAppend(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
  }

  /// Opens or makes a file that is held for its lock; fails on a link.
  static func openToHold(_ path: String) -> Int32 {
    open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o644)
  }

  /// Makes a file; fails where anything has the name, also a link that leads nowhere.
  static func openNew(_ path: String, permissions: UInt32) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode_t(permissions))
  }

  /// Opens a file for its lock; never waits, and fails on a link.
  static func openToLock(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
  }

  private static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    FileName.withCString(path) { path in
      retrying { systemOpen(path, flags | O_CLOEXEC, mode) }
    }
  }

  static func closeFile(_ file: Int32) { _ = close(file) }

  /// Takes the lock of an open file, which goes with it; never waits.
  static func lock(_ file: Int32) -> Bool { retrying { flock(file, LOCK_EX | LOCK_NB) } == 0 }

  /// The kind of an open file; `nil` when the system will not say.
  static func information(_ file: Int32) -> FileInformation? {
    var information = stat()
    return fstat(file, &information) == 0 ? FileInformation(information) : nil
  }

  /// The entry at `path` or at the end of a link there; `nil` when that cannot be told.
  static func information(at path: String) -> FileInformation? {
    var information = stat()
    let result = FileName.withCString(path) { stat($0, &information) }
    return result == 0 ? FileInformation(information) : nil
  }

  /// Where the symbolic link at `path` leads; `nil` where there is none.
  static func destination(ofLink path: String) -> String? {
    let room = Int(PATH_MAX)
    var bytes = [CChar](repeating: 0, count: room)
    let count = FileName.withCString(path) { readlink($0, &bytes, room) }
    return count > 0 ? FileName.text(of: bytes.prefix(count).map { UInt8(bitPattern: $0) }) : nil
  }

  /// Reads until `buffer` is full or the file ends; the number of bytes read, or `nil`.
  static func readAll(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      // Some systems refuse to read more than 2 GiB at once.
      let count = retrying { read(file, base + done, min(buffer.count - done, 1 << 30)) }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      done += count
    }
    return done
  }

  static func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var done = 0
    while done < bytes.count {
      let count = retrying { write(file, base + done, min(bytes.count - done, 1 << 30)) }
      if count < 0 && errno == EAGAIN {
        // Somebody else may have made a shared pipe or terminal one that does not wait.
        var wait = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wait, 1, -1)
        continue
      }
      // A write of nothing sets no error.
      if count == 0 { errno = EIO }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// Brings a file or folder to the disk; where a file system cannot, that is not a failure.
  static func synchronize(_ file: Int32) -> Bool {
    retrying { fsync(file) } == 0 || errno == EINVAL || errno == ENOTSUP
  }

  /// Puts other bytes into an open file in place of all it has.
  static func replaceContent(of file: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    retrying { ftruncate(file, 0) } == 0 && lseek(file, 0, SEEK_SET) == 0 && writeAll(file, bytes)
  }

  static func setPermissions(_ file: Int32, _ permissions: UInt32) {
    _ = fchmod(file, mode_t(permissions))
  }

  /// Whether a file may be written into.
  static func mayWrite(_ path: String) -> Bool {
    FileName.withCString(path) { access($0, W_OK) } == 0
  }

  static func renameFile(_ source: String, _ target: String) -> Bool {
    FileName.withCString(source) { source in
      FileName.withCString(target) { rename(source, $0) }
    } == 0
  }

  package static func remove(_ path: String) { _ = FileName.withCString(path) { unlink($0) } }

  package static func makeFolder(_ path: String) -> Bool {
    FileName.withCString(path) { mkdir($0, 0o777) } == 0
  }

  /// The names in a folder, in no order, without the folder's own; `nil` when it cannot be read.
  package static func names(in folder: String) -> [String]? {
    guard let stream = FileName.withCString(folder, { opendir($0) }) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        FileName.text(of: $0.prefix { $0 != 0 })
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Whether a folder stands at `path`; a symbolic link to one is none.
  package static func isFolder(_ path: String) -> Bool {
    var information = stat()
    let result = FileName.withCString(path) { lstat($0, &information) }
    return result == 0 && FileInformation(information).kind == .folder
  }

  /// Removes a folder with all that is in it; links are removed, and not what they lead to.
  package static func removeTree(_ path: String) throws(FormatError) {
    guard let names = names(in: path) else {
      throw FormatError(.inputOutput, "\(path): cannot be removed: \(reason)")
    }
    for name in names {
      let inner = "\(path)/\(name)"
      if isFolder(inner) {
        try removeTree(inner)
      } else if FileName.withCString(inner, { unlink($0) }) != 0 {
        throw FormatError(.inputOutput, "\(inner): cannot be removed: \(reason)")
      }
    }
    guard FileName.withCString(path, { rmdir($0) }) == 0 else {
      throw FormatError(.inputOutput, "\(path): cannot be removed: \(reason)")
    }
  }

  /// The result of a call, made again as long as a signal interrupts it.
  private static func retrying<R: SignedInteger>(_ call: () -> R) -> R {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

/// Within `System`, `open` is its own.
private func systemOpen(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int32 {
  open(path, flags, mode)
}

/// The facts of the system about a file.
struct FileInformation {
  enum Kind {
    case file, folder, pipe
    /// A source without an end, such as a terminal or `/dev/zero`.
    case device
  }

  let kind: Kind
  /// The size of a regular file; 0 for anything else.
  let size: Int
  /// Who may read, write and run it.
  let permissions: UInt32
  /// Names it has.
  let links: Int
  private let device: dev_t
  private let number: ino_t

  init(_ information: stat) {
    switch information.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    case S_IFIFO, S_IFSOCK: kind = .pipe
    default: kind = .device
    }
    size = kind == .file ? Int(information.st_size) : 0
    permissions = UInt32(information.st_mode) & 0o777
    links = Int(information.st_nlink)
    (device, number) = (information.st_dev, information.st_ino)
  }

  func isSameFile(as other: FileInformation) -> Bool {
    device == other.device && number == other.number
  }
}
