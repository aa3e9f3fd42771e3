#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A folder of its own for a test, removed with what is in it when `body` is done.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("/tmp/discrete-tests-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw TemporaryFolderError() }
  let folder = template.withUnsafeBufferPointer { name in
    name.baseAddress.map { String(cString: $0) } ?? ""
  }
  defer { removeFolder(folder) }
  return try body(folder)
}

/// The names in a folder, sorted.
func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

private func removeFolder(_ folder: String) {
  for name in names(in: folder) { unlink("\(folder)/\(name)") }
  rmdir(folder)
}

private struct TemporaryFolderError: Error {}
