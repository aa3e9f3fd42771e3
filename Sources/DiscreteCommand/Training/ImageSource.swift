import Datasets
import Formats

/// The images of `--data`: the built-in glyphs, a data set of the catalogue, or a folder.
func loadImages(_ name: String) throws(FormatError) -> ImageData {
  if name == "glyphs" { return Glyphs.data(seed: 1) }
  return try ImageData(folder: name)
}
