import Formats
import Learning
import Runs

/// The file of a figure that a flag names, checked before the work.
func checkedPicture(_ path: String) throws -> PictureFile {
  let file = try PictureFile(path)
  try file.checkCreatable()
  return file
}

/// Writes a figure and names its file on standard error: it is not a line of the results.
func write(_ drawing: Drawing, to file: PictureFile) throws {
  guard Discrete.ranks.isFirst else { return }
  try file.write(drawing)
  tell("figure: \(file.path)")
}
