/// Writes a file whole or not at all: readers see the old content or the new, also after a crash.
///
/// The bytes go to a sibling first, reach the disk, and then take the name of the target.
/// Throws `FormatError`: `cannotCreate` when the folder is not there or may not be written.
public func atomicWrite(_ bytes: [UInt8], to path: String) throws(FormatError) {
  try atomicWrite([bytes[...]], to: path)
}

/// The pieces one after another, without joining them in memory.
package func atomicWrite(_ pieces: [ArraySlice<UInt8>], to path: String) throws(FormatError) {
  let (file, sibling) = try createSibling(of: path)
  var done = pieces.allSatisfy { piece in
    piece.withUnsafeBytes { System.writeAll(file, $0) }
  }
  done = done && System.synchronise(file)
  let reason = System.reason
  System.closeFile(file)
  guard done else {
    System.remove(sibling)
    throw FormatError(.inputOutput, "\(path): writing failed: \(reason)")
  }
  guard System.renameFile(sibling, path) else {
    let reason = System.reason
    System.remove(sibling)
    throw FormatError(.cannotCreate, "\(path): cannot be replaced: \(reason)")
  }
  // The new name itself lives in the folder. Some file systems cannot synchronise folders, which is no failure to write.
  let folder = System.openToRead(folderName(of: path))
  if folder >= 0 {
    _ = System.synchronise(folder)
    System.closeFile(folder)
  }
}

/// Throws as `atomicWrite` would where it could not create the file: before the work whose result goes there.
public func checkCreatable(_ path: String) throws(FormatError) {
  let (file, sibling) = try createSibling(of: path)
  System.closeFile(file)
  System.remove(sibling)
}

/// An open file beside `path`, which is to take its name.
private func createSibling(
  of path: String
) throws(FormatError) -> (file: Int32, path: String) {
  let sibling = "\(path).\(System.processIdentifier).tmp"
  let file = System.openToCreate(sibling)
  guard file >= 0 else {
    throw FormatError(.cannotCreate, "\(path): cannot be created: \(System.reason)")
  }
  return (file, sibling)
}

private func folderName(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
