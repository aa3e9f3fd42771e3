import Foundation
import TestSupport
import Testing

/// One estimator is one file, with a page and a test of its name.
@Suite(.enabled(if: SourceTree.estimators != nil, "the sources are not beside the tests"))
struct EstimatorFilesTests {
  @Test("every estimator has a page of its name, and every page an estimator")
  func pages() throws {
    let pages = try SourceTree.names(
      in: "Sources/Stochastics/Stochastics.docc/Estimators", ending: ".md")
    let estimators = try #require(SourceTree.estimators)
    #expect(pages.symmetricDifference(estimators) == [])
    #expect(!pages.isEmpty)
  }

  @Test("every estimator has a test of its name, and every test an estimator")
  func tests() throws {
    let tests = try SourceTree.names(
      in: "Tests/StochasticsTests/Estimators", ending: "Tests.swift")
    let estimators = try #require(SourceTree.estimators)
    #expect(tests.symmetricDifference(estimators) == [])
  }

  @Test("every file of tests holds one suite, of its name")
  func suites() throws {
    let files = try #require(
      FileManager.default.enumerator(
        at: SourceTree.root.appending(path: "Tests"), includingPropertiesForKeys: nil))
    let suite = /(?m)^(?:@Suite.* )?(?:struct|final class|enum|actor) (\w+Tests)\b/
    var count = 0
    for case let file as URL in files where file.lastPathComponent.hasSuffix("Tests.swift") {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(
        text.matches(of: suite).map { String($0.output.1) }
          == [file.deletingPathExtension().lastPathComponent])
      #expect(text.contains("@Test"), "\(file.lastPathComponent) tests nothing")
      count += 1
    }
    #expect(count > 0)
  }
}
