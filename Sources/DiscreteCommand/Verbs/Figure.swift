import ArgumentParser
import Experiments
import Formats
import Runs

/// Draws a picture.
struct Figure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a picture of the lecture, of what sorting costs, or of a structure, as SVG or PNG.",
    discussion: """
      PICTURES
      \(indented(Picture.allCases.map { "\(padded($0.rawValue, 17))\($0.caption)" }))
      """)

  @Argument(help: "The picture.") var name: String
  @Option(
    help: ArgumentHelp("The file to write, in .svg or .png. (default: NAME.svg)", valueName: "file")
  )
  var out: String?
  @Option(parsing: .unconditional, help: "What draws depend on.") var seed: UInt64 = 1

  func run() throws {
    guard let picture = Picture(rawValue: name) else {
      throw Failure(
        .usage, unknown("picture", name, among: Picture.allCases.map(\.rawValue)))
    }
    let file = try PictureFile(out ?? "\(picture.rawValue).svg")
    try file.checkCreatable()
    try file.write(picture.drawing(seed: seed))
    print("\(file.path)   \(picture.caption)")
  }
}
