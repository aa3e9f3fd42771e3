import Foundation

/// What was asked for: Jigsaw [--data FOLDER] [--side 3] [--steps 4000] [--seed 1] [--out jigsaw.png]
struct Options {
  private var values = ["data": "", "side": "3", "steps": "4000", "seed": "1", "out": "jigsaw.png"]

  init(_ arguments: [String]) {
    for index in stride(from: 0, to: arguments.count, by: 2) {
      let name = String(arguments[index].trimmingPrefix("--"))
      guard values[name] != nil, index + 1 < arguments.count else {
        Options.stop(
          "\(arguments[index]) is none of --data, --side, --steps, --seed, --out with a value")
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

  static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("Jigsaw: \(message)\n".utf8))
    exit(64)
  }
}
