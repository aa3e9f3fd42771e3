/// Makes a folder and those above it; returns whether it was not there before.
@discardableResult
package func makeFolder(_ path: String) throws(FormatError) -> Bool {
  // Asking first whether it exists would let two processes that begin together share a folder.
  if System.makeFolder(path) { return true }
  if System.isAbsent {
    try makeFolder(FileName.folder(of: path))
    if System.makeFolder(path) { return true }
  }
  let reason = System.reason
  guard System.isTaken else {
    throw FormatError(.cannotCreate, "\(path): cannot be created: \(reason)")
  }
  return false
}
