import Datasets
import Formats

/// The images of `--data`: the built-in glyphs, a known data set in the cache, or a folder.
///
/// - Parameter holdOut: whether validation images that come out of a folder's training images are kept out of those.
func loadImages(_ name: String, holdOut: Bool = false) throws(FormatError) -> ImageData {
  if name == "glyphs" { return Glyphs.data(seed: 1) }
  guard let known = KnownData.named(name), !fileExists(name) else {
    return try ImageData(folder: name, holdOut: holdOut)
  }
  guard fileExists(known.folder) else {
    throw FormatError(
      .missing,
      "\(name): not in the cache; put its files into \(known.folder), or give --data a folder")
  }
  return try ImageData(folder: known.folder, holdOut: holdOut)
}
