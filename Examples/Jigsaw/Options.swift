import Foundation
import SwiftDiscrete

/// What was asked for.
///
///     Jigsaw [--signal judge] [--data FOLDER] [--side 3] [--steps 3000] [--seed 1] [--out
///     jigsaw.png]
struct Options {
  private var values = [
    "signal": "judge", "data": "", "side": "3", "steps": "3000", "seed": "1", "out": "jigsaw.png",
  ]

  init(_ arguments: [String]) {
    for index in stride(from: 0, to: arguments.count, by: 2) {
      let name = String(arguments[index].trimmingPrefix("--"))
      guard values[name] != nil, index + 1 < arguments.count else {
        let known = values.keys.sorted().map { "--\($0)" }.joined(separator: ", ")
        Options.stop("\(arguments[index]) is not one of \(known) with a value")
      }
      values[name] = arguments[index + 1]
    }
  }

  func text(_ name: String) -> String { values[name] ?? "" }

  func integer(_ name: String, _ range: ClosedRange<Int>) -> Int {
    guard let value = Int(text(name)), range ~= value else {
      Options.stop("--\(name) is \(text(name)), expected a number in \(range)")
    }
    return value
  }

  /// Whether the images of the puzzles are never shown.
  var hasJudge: Bool {
    guard ["judge", "image"].contains(text("signal")) else {
      Options.stop("--signal is \(text("signal")), expected judge or image")
    }
    return text("signal") == "judge"
  }

  var seed: UInt64 { UInt64(integer("seed", 0...Int(Int32.max))) }

  /// The images, of a size that can be cut.
  func images(side: Int) -> ImageData {
    do {
      let data =
        text("data").isEmpty
        ? Glyphs.data(seed: seed) : try ImageData(folder: text("data"), holdOut: true)
      let (images, folder) = (data.training, text("data"))
      guard images.count >= 2, min(images.width, images.height) >= side else {
        Options.stop(
          "\(folder): \(images.count) images of \(images.width) x \(images.height), expected at least 2 of \(side) x \(side)"
        )
      }
      return data
    } catch {
      Options.stop("\(error)")
    }
  }

  static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("Jigsaw: \(message)\n".utf8))
    exit(64)
  }
}
