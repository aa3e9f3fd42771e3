import Foundation
import TestSupport

/// Everything below a folder: the bytes of every file, nothing for a folder.
///
/// The lock of a run is left out: it names the process that last had it.
func contents(of folder: String) throws -> [String: [UInt8]] {
  var result: [String: [UInt8]] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
  where !name.hasSuffix(".lock") {
    var isFolder: ObjCBool = false
    let path = "\(folder)/\(name)"
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
    result[name] = isFolder.boolValue ? [] : try bytes(of: path)
  }
  return result
}

/// Arguments of a small training run, whose layers a flag may replace.
func training(_ data: String, _ more: String...) -> [String] {
  ["train", "belief-network", "--data", data, "--set", "layers=8", "--batch-size", "9", "--quiet"]
    + more
}
