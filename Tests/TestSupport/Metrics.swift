import Foundation

/// The bytes of a file of a run that depend on no clock: without the seconds of its metrics.
package func steadyBytes(of path: String) throws -> [UInt8] {
  let content = try bytes(of: path)
  if path.hasSuffix(".jsonl") {
    let text = String(decoding: content, as: UTF8.self)
    return Array(text.replacing(/"seconds":[0-9.e+-]+,?/, with: "").utf8)
  }
  guard path.hasSuffix(".csv") else { return content }
  let rows = String(decoding: content, as: UTF8.self).split(
    separator: "\n", omittingEmptySubsequences: false)
  guard let column = rows.first?.split(separator: ",").firstIndex(of: "seconds") else {
    return content
  }
  let steady = rows.map { row in
    var cells = row.split(separator: ",", omittingEmptySubsequences: false)
    if cells.count > column { cells.remove(at: column) }
    return cells.joined(separator: ",")
  }
  return Array(steady.joined(separator: "\n").utf8)
}
