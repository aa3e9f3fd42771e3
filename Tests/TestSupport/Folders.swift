import Foundation

/// The folder of real data, where a developer keeps them beside the package.
package let realDataFolder: String = {
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
  return parts.joined(separator: "/") + "/shared/data"
}()

/// Calls `body` with a new folder, which is removed afterwards.
package func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "discrete-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// The names in a folder, sorted; none where there is not a folder.
package func names(in folder: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
}

/// The text of a file.
package func text(of path: String) throws -> String {
  try String(contentsOfFile: path, encoding: .utf8)
}

/// The bytes of a file.
package func bytes(of path: String) throws -> [UInt8] {
  try Array(Data(contentsOf: URL(filePath: path)))
}

/// Writes to a named pipe, once somebody reads from it.
package func write(_ bytes: [UInt8], toPipe path: String) throws {
  let handle = try FileHandle(forWritingTo: URL(filePath: path))
  try handle.write(contentsOf: Data(bytes))
  try handle.close()
}

package func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}
