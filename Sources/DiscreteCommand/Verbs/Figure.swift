import ArgumentParser
import Experiments
import Formats
import Runs

/// Draws a picture.
struct Figure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a picture of the lecture, of a structure or of costs, as SVG or PNG.",
    discussion: """
      PICTURES
      \(indented(Picture.allCases.map { "\(padded($0.rawValue, 18))\($0.caption)" }))
       \(padded(RateCurves.name, 18))\(RateCurves.caption)
      """)

  @Argument(help: "The picture.") var name: String
  @Argument(help: ArgumentHelp("Run folders, for \(RateCurves.name).", valueName: "runs"))
  var runs: [String] = []
  @Option(help: ArgumentHelp("A rate to draw beside those of the runs.", valueName: "name=rate"))
  var line: [String] = []
  @Option(
    help: ArgumentHelp("The file to write, in .svg or .png. (default: NAME.svg)", valueName: "file")
  )
  var out: String?
  @Option(parsing: .unconditional, help: "What draws depend on.") var seed: UInt64 = 1

  func run() throws {
    let isOfRuns = name == RateCurves.name
    let picture = Picture(rawValue: name)
    guard picture != nil || isOfRuns else {
      let names = Picture.allCases.map(\.rawValue) + [RateCurves.name]
      throw Failure(.usage, unknown("picture", name, among: names))
    }
    guard isOfRuns || (runs.isEmpty && line.isEmpty) else {
      throw Failure(.usage, "runs and --line are for \(RateCurves.name), not for \(name)")
    }
    let file = try PictureFile(out ?? "\(name).svg")
    try file.checkCreatable()
    let drawing =
      try picture?.drawing(seed: seed) ?? RateCurves(runs: runs, lines: line).drawing
    try file.write(drawing)
    print("\(file.path)   \(picture?.caption ?? RateCurves.caption)")
  }
}
