import Formats
import Foundation
import TestSupport
import Testing

@testable import Experiments

/// A browser on the path; `nil` where there is none, and what needs one is skipped.
private let browser: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
  .split(separator: ":").flatMap { folder in
    ["chromium", "google-chrome", "chromium-browser"].map { "\(folder)/\($0)" }
  }.first { FileManager.default.isExecutableFile(atPath: $0) }

struct ExplorePageTests {
  private static let tables = ExploreTables(seed: 1)

  @Test("the page is one file that asks for nothing, the same for a seed")
  func alone() {
    let page = ExplorePage(seed: 3, draws: 500).html()
    #expect(!page.contains("http") && !page.contains("import(") && !page.contains("fetch("))
    #expect(!page.contains(" src=") && !page.contains("url("))
    #expect(page == ExplorePage(seed: 3, draws: 500).html())
    #expect(page.utf8.count < 400_000)
  }

  @Test("a temperature is one for all tables, and they run from 0.05 to 20")
  func temperatures() {
    let temperatures = ExploreTables.temperatures
    #expect(temperatures.count == 31)
    #expect(temperatures[0] == 0.05 && abs(temperatures[30] - 20) < 0.01)
  }

  @Test(
    "a browser finds that its arithmetic agrees with the library's, and says where it does not",
    .enabled(if: browser != nil, "there is no browser"))
  func arithmetic() throws {
    let tables = Self.tables.json(draws: 20_000).description
    #expect(try Self.verdict(on: tables) == "ok 1030")
    // The probability of the likeliest order, 0.4 · 0.3 / 0.6 · 0.2 / 0.3.
    let start = try #require(tables.range(of: "\"orderProbabilities\":[0.13"))
    let wrong = tables.replacingCharacters(in: start, with: "\"orderProbabilities\":[0.23")
    #expect(try Self.verdict(on: wrong).hasPrefix("failed: order 0.13"))
  }

  /// What the page says of its own numbers.
  private static func verdict(on tables: String) throws -> String {
    try withTemporaryFolder { root in
      let page = "\(root)/page.html"
      try write(Array(ExplorePage().html(tables: tables).utf8), to: page)
      let process = Process()
      process.executableURL = URL(filePath: browser ?? "")
      process.arguments = [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(root)/profile",
        "--dump-dom", "file://\(page)",
      ]
      try write([], to: "\(root)/dom")
      process.standardOutput = FileHandle(forWritingAtPath: "\(root)/dom")
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      let dom = try text(of: "\(root)/dom")
      return dom.firstMatch(of: /data-checked="([^"]*)"/).map { String($0.1) } ?? "nothing"
    }
  }
}
