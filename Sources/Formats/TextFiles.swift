/// The text of a file in UTF-8, plain or gzip, with or without a byte order mark; or of the program
/// sources in a folder.
///
/// A folder is searched with all folders beneath it, files in the order of their paths, names that
/// begin with a dot left out. At most 32 MiB are read. Throws `FormatError` when a file is missing
/// or no text in UTF-8, or a folder has no sources.
public func text(at path: String) throws(FormatError) -> String {
  guard System.isFolder(path) else { return try fileText(path) }
  var text = ""
  for file in try sources(in: path) {
    text += try fileText(file)
    guard text.utf8.count <= MemoryBudget.textBytes else {
      throw .tooLarge(path, limit: MemoryBudget.textBytes)
    }
  }
  guard !text.isEmpty else {
    throw .malformed(path, "a folder without program sources, expected some or a file of text")
  }
  return text
}

private func fileText(_ path: String) throws(FormatError) -> String {
  let bytes = try fileBytes(path, atMost: MemoryBudget.textBytes)
  let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
  guard let text = String(validating: bytes[(mark ? 3 : 0)...], as: UTF8.self) else {
    throw .malformed(path, "is not text in UTF-8")
  }
  return text
}

private let sourceEndings = [
  "c", "cc", "cpp", "go", "h", "hpp", "java", "js", "kt", "m", "py", "rb", "rs", "swift", "ts",
]

private func sources(in folder: String) throws(FormatError) -> [String] {
  guard let names = System.names(in: folder) else { throw .unreadable(folder) }
  var result: [String] = []
  for name in names.sorted() where !name.hasPrefix(".") {
    let path = "\(folder)/\(name)"
    if System.isFolder(path) {
      result += try sources(in: path)
    } else if let dot = name.lastIndex(of: "."),
      sourceEndings.contains(String(name[name.index(after: dot)...]))
    {
      result.append(path)
    }
  }
  return result
}
