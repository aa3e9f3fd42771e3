/// Writes a file whole or not at all: readers see the old content or the new, also after a crash.
///
/// The bytes go to a sibling first, reach the disk, and then take the name and the permissions of
/// the target. A symbolic link stays, and what it leads to is replaced. A device, a pipe, or the
/// file that a standard stream goes to is written into.
/// Throws `FormatError`: `cannotCreate` when the folder is not there or may not be written,
/// `inputOutput` when writing fails.
public func atomicWrite(_ bytes: [UInt8], to path: String) throws(FormatError) {
  try atomicWrite([bytes[...]], to: path)
}

/// The pieces one after another, without joining them in memory.
package func atomicWrite(_ pieces: [ArraySlice<UInt8>], to path: String) throws(FormatError) {
  switch try Target(path) {
  case .stream(let stream):
    try write(pieces, to: stream.rawValue, path: path)
  case .device:
    let file = System.openToWrite(path)
    guard file >= 0 else {
      throw FormatError(.cannotCreate, "\(path): cannot be opened: \(System.reason)")
    }
    defer { System.closeFile(file) }
    try write(pieces, to: file, path: path)
  case .file(let place, let permissions):
    let sibling = try Sibling(of: place, permissions: permissions ?? newPermissions)
    do throws(FormatError) {
      try fill(sibling, pieces, permissions, path: path)
      guard System.renameFile(sibling.path, place) else {
        throw FormatError(.cannotCreate, "\(path): cannot be replaced: \(System.reason)")
      }
    } catch {
      sibling.discard()
      throw error
    }
    System.closeFile(sibling.file)
    try synchronizeFolder(of: place)
  }
}

/// Throws as `atomicWrite` would where it could not create the file: before the work whose result
/// goes there.
public func checkCreatable(_ path: String) throws(FormatError) {
  switch try Target(path) {
  case .stream: return
  case .device:
    guard System.mayWrite(path) else {
      throw FormatError(.cannotCreate, "\(path): cannot be opened: \(System.reason)")
    }
  case .file(let place, _):
    try Sibling(of: place, permissions: newPermissions).discard()
  }
}

private let newPermissions: UInt32 = 0o644

/// Where the bytes for a path go.
private enum Target {
  /// Into a stream of this process, which is the file at the path.
  case stream(StandardStream)
  /// Into what is neither a file nor a folder.
  case device
  /// In place of a regular file, whose permissions are kept, or of nothing.
  case file(String, permissions: UInt32?)

  init(_ path: String) throws(FormatError) {
    guard !path.isEmpty && path.utf8.last != UInt8(ascii: "/") else {
      throw FormatError(.cannotCreate, "'\(path)': not the name of a file")
    }
    guard let found = System.information(at: path) else {
      guard System.isAbsent else {
        throw FormatError(.cannotCreate, "\(path): cannot be created: \(System.reason)")
      }
      self = .file(followed(path), permissions: nil)
      return
    }
    let stream = StandardStream.allCases.first {
      System.information($0.rawValue)?.isSameFile(as: found) ?? false
    }
    if let stream {
      self = .stream(stream)
    } else if found.kind == .file {
      self = .file(followed(path), permissions: found.permissions)
    } else {
      guard found.kind != .folder else {
        throw FormatError(.cannotCreate, "\(path): is a folder, a file was expected")
      }
      self = .device
    }
  }
}

/// Where the symbolic links at a path lead in the end; the system has found that they do not go
/// round in circles.
private func followed(_ path: String) -> String {
  var path = path
  while let next = System.destination(ofLink: path) {
    path = next.utf8.first == UInt8(ascii: "/") ? next : "\(FileName.folder(of: path))/\(next)"
  }
  return path
}

private func fill(
  _ sibling: Sibling, _ pieces: [ArraySlice<UInt8>], _ permissions: UInt32?, path: String
) throws(FormatError) {
  try write(pieces, to: sibling.file, path: path)
  if let permissions { System.setPermissions(sibling.file, permissions) }
  guard System.synchronize(sibling.file) else {
    throw FormatError(.inputOutput, "\(path): writing failed: \(System.reason)")
  }
}

private func write(
  _ pieces: [ArraySlice<UInt8>], to file: Int32, path: String
) throws(FormatError) {
  for piece in pieces {
    guard piece.withUnsafeBytes({ System.writeAll(file, $0) }) else {
      throw FormatError(.inputOutput, "\(path): writing failed: \(System.reason)")
    }
  }
}

/// Brings the new name of a file, which lives in its folder, to the disk.
private func synchronizeFolder(of path: String) throws(FormatError) {
  let folder = FileName.folder(of: path)
  let file = System.openToRead(folder)
  // A folder that may be written and not read cannot be synchronized; the file is written all the
  // same.
  guard file >= 0 else { return }
  defer { System.closeFile(file) }
  guard System.synchronize(file) else {
    throw FormatError(
      .inputOutput,
      "\(path): is written, but a crash may lose it: its folder cannot be synchronized: \(System.reason)"
    )
  }
}

/// Adds bytes to the end of a file, which is made where there is none.
///
/// Throws `FormatError`: `inputOutput`.
package func append(_ bytes: [UInt8], to path: String) throws(FormatError) {
  let file = System.openToAppend(path)
  let isWritten = file >= 0 && bytes.withUnsafeBytes { System.writeAll(file, $0) }
  let reason = System.reason
  if file >= 0 { System.closeFile(file) }
  guard isWritten else {
    throw FormatError(.inputOutput, "\(path): cannot be appended to: \(reason)")
  }
}
