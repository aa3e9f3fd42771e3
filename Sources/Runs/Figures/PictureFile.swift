public import Formats

/// A file for a picture, whose name says by its ending what is written into it.
public struct PictureFile: Sendable {
  enum Format { case svg, png }

  public let path: String
  let format: Format

  /// Devices and standard streams, which have no ending, are given SVG.
  ///
  /// - Throws: `Failure`, of usage, where the name ends in neither `.svg` nor `.png`.
  public init(_ path: String) throws(Failure) {
    let name = path.lowercased()
    if name.hasSuffix(".png") {
      format = .png
    } else if name.hasSuffix(".svg") || name.hasPrefix("/dev/") {
      format = .svg
    } else {
      throw Failure(
        .usage, "\(path): a picture is written as SVG or PNG, expected a name in .svg or .png")
    }
    self.path = path
  }

  /// Throws as `write` would where it could not create the file: before the work whose result goes
  /// there.
  public func checkCreatable() throws(FormatError) { try Formats.checkCreatable(path) }

  /// Writes the picture whole or not at all.
  public func write(_ drawing: Drawing) throws(FormatError) {
    try atomicWrite(format == .svg ? Array(drawing.svg().utf8) : drawing.png(), to: path)
  }
}
