import ArgumentParser
import Formats

/// The pictures of the lecture.
struct Figure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a picture of the lecture as SVG.",
    discussion: """
      PICTURES
      \(indented(LecturePicture.allCases.map { "\(padded($0.rawValue, 17))\($0.caption)" }))
      """)

  @Argument(help: "The picture.") var name: String
  @Option(help: ArgumentHelp("The file to write. (default: NAME.svg)", valueName: "file"))
  var out: String?
  @Option(parsing: .unconditional, help: "What draws depend on.") var seed: UInt64 = 1

  func run() throws {
    guard let picture = LecturePicture(rawValue: name) else {
      throw CommandFailure(
        .usage, unknown("picture", name, among: LecturePicture.allCases.map(\.rawValue)))
    }
    let path = out ?? "\(picture.rawValue).svg"
    try atomicWrite(Array(picture.svg(seed: seed).utf8), to: path)
    print("\(path)   \(picture.caption)")
  }
}
