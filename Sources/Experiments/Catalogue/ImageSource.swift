package import Datasets
package import Formats
import Runs

/// The images of `--data`: the built-in glyphs, a known data set in the cache, or a folder.
///
/// - Parameter holdOut: whether validation images that come out of a folder's training images are
///   kept out of those.
package func loadImages(_ name: String, holdOut: Bool = false) throws(FormatError) -> ImageData {
  if name == "glyphs" { return Glyphs.data(seed: 1) }
  if try fileExists(name) {
    guard try fileExists("\(name)/.") else {
      throw FormatError(.malformed, "\(name): is a file, a folder of IDX files was expected")
    }
    return try ImageData(folder: name, holdOut: holdOut)
  }
  guard let known = KnownData.named(name), known.kind == .images else {
    let names = KnownData.all.filter { $0.kind == .images }.map(\.name)
    let hint = nearest(to: name, among: names).map { "did you mean '\($0)'?" }
    throw FormatError(
      .missing,
      "\(name.isEmpty ? "''" : name): no such folder, nor a data set; \(hint ?? "known are \(names.joined(separator: ", "))")"
    )
  }
  guard try known.absentFiles().count < known.files.count else {
    throw FormatError(
      .missing,
      "\(name): not in the cache; discrete data fetch \(name) gets it, or put its files into \(known.folder)"
    )
  }
  return try ImageData(folder: known.folder, holdOut: holdOut)
}
