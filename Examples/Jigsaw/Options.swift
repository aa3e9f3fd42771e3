import Foundation
import SwiftDiscrete

/// What was asked for: Jigsaw [--signal judge] [--data FOLDER] [--side 3] [--steps 3000] [--seed 1] [--out jigsaw.png]
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

  func images() -> ImageData {
    do {
      return text("data").isEmpty ? Glyphs.data(seed: 1) : try ImageData(folder: text("data"))
    } catch {
      Options.stop("\(error)")
    }
  }

  private static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("Jigsaw: \(message)\n".utf8))
    exit(64)
  }
}
