import Foundation
import TestSupport
import Testing

struct ReadmeTests {
  static func text(of path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test(
    "shows the examples that are compiled, to the letter",
    arguments: ["Quickstart", "OwnRun", "LoadRun"])
  func example(name: String) throws {
    let example = try Self.text(of: "Examples/\(name)/main.swift")
    #expect(try Self.text(of: "README.md").contains("```swift\n\(example)```"))
  }

  @Test("its example learns")
  func learning() throws {
    let run = try withTemporaryFolder { try RunningCommand([], of: "Quickstart", in: $0).wait() }
    let bounds = run.output.matches(of: /step \d+: (-\d+\.\d+) nats/).compactMap { Double($0.1) }
    #expect(run.code == 0)
    #expect(bounds.count == 10)
    #expect((bounds.last ?? -.infinity) > -140, "\(run.output)")
  }
}
