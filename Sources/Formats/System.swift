#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system calls of this module, by their result instead of `errno`.
enum System {
  /// What the last failed call said.
  static var reason: String { String(cString: strerror(errno)) }

  /// Whether the last failed call did so because a file or folder is not there or may not be read.
  static var isMissing: Bool { errno == ENOENT || errno == ENOTDIR || errno == EACCES }

  static var processIdentifier: Int32 { getpid() }

  static func openToRead(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

  static func openToCreate(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  }

  static func closeFile(_ file: Int32) { _ = close(file) }

  /// What stands behind an open file.
  enum Kind {
    case file, folder, pipe
    /// What has no end, such as a terminal or `/dev/zero`.
    case device
  }

  /// What `file` is and its size, which is that of a regular file only; `nil` when the system will not say.
  static func information(_ file: Int32) -> (kind: Kind, size: Int)? {
    var information = stat()
    guard fstat(file, &information) == 0 else { return nil }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return (.file, Int(information.st_size))
    case S_IFDIR: return (.folder, 0)
    case S_IFIFO, S_IFSOCK: return (.pipe, 0)
    default: return (.device, 0)
    }
  }

  /// Reads until `buffer` is full or the file ends; the number of bytes read, or `nil`.
  static func readAll(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      // Some systems refuse to read more than 2 GiB at once.
      let count = read(file, base + done, min(buffer.count - done, 1 << 30))
      if count < 0 && errno == EINTR { continue }
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
      let count = write(file, base + done, min(bytes.count - done, 1 << 30))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  static func synchronise(_ file: Int32) -> Bool { fsync(file) == 0 }

  static func renameFile(_ source: String, _ target: String) -> Bool { rename(source, target) == 0 }

  static func remove(_ path: String) { _ = unlink(path) }

  /// The names in a folder but those that begin with a dot, in order; `nil` when it cannot be read.
  static func names(in folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee))
        { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether a folder stands at `path`; a symbolic link to one is none.
  static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether something readable stands at `path`.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
