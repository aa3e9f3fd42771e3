import Experiments
import Foundation
import TestSupport
import Testing

struct LectureTests {
  private static let page = SourceTree.root.appending(
    path: "Sources/Stochastics/Stochastics.docc/Lecture.md")

  /// Slide, page, type, command and picture of every row.
  private static func rows() throws -> [[String]] {
    try text(of: page.path).split(separator: "\n")
      .filter { $0.firstMatch(of: #/^\| \d+ /#) != nil }
      .map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
  }

  /// All files of the sources.
  private static let sources: [String] = {
    let root = SourceTree.root.appending(path: "Sources").path
    let all = FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
    return all.map { "\(root)/\($0)" }
  }()

  @Test("there is a row for each of the 28 slides")
  func slides() throws {
    let rows = try Self.rows()
    #expect(rows.map { $0[0].prefix { $0 != " " } } == (1...28).map { "\($0)" })
    #expect(rows.allSatisfy { $0.count == 5 })
  }

  @Test("the pages and types that the rows name are there")
  func names() throws {
    let swift = try Self.sources.filter { $0.hasSuffix(".swift") }.map(text(of:))
    for row in try Self.rows() {
      let page = row[1].replacing(/<doc:(.*)>/) { String($0.1) }
      #expect(page == "-" || Self.sources.contains { $0.hasSuffix("/\(page).md") }, "\(row)")
      let type = row[2].replacing("`", with: "")
      let declaration = try Regex("(struct|protocol|enum) \(type)\\b")
      #expect(type == "-" || swift.contains { $0.contains(declaration) }, "\(row)")
    }
  }

  @Test("the commands and pictures that the rows name are there, and every picture is named once")
  func commands() throws {
    let rows = try Self.rows()
    try withTemporaryFolder { root in
      for command in Set(rows.map { $0[3] }) where command != "-" {
        let words = command.replacing("`", with: "").split(separator: " ").map(String.init)
        #expect(words.first == "discrete")
        let run = try discrete(Array(words.dropFirst()) + ["--help"], in: root)
        #expect(run.code == 0, "\(command): \(run.errors)")
        if words.dropFirst().first == "figure" { #expect(Picture(rawValue: words[2]) != nil) }
      }
    }
    let named = rows.flatMap { $0[4].matches(of: /`([^`]+)`/).map { String($0.1) } }
    // A study of minutes is no picture of its own; the page that tells of it shows it.
    let shown = named.filter { name in
      Picture(rawValue: name) == nil && Self.sources.contains { $0.hasSuffix("/\(name).svg") }
    }
    // Laws over structures are no part of the lecture; their pages show them.
    let structures = try Self.sources.filter { $0.contains("/Structures/") && $0.hasSuffix(".md") }
      .map(text(of:)).flatMap { $0.matches(of: /discrete figure ([a-z-]+)/).map { String($0.1) } }
    #expect(
      Set(named).subtracting(shown).union(structures) == Set(Picture.allCases.map(\.rawValue)))
    #expect(Set(named).isDisjoint(with: structures))
    // Titles, announcements, outlines and motivation have nothing to compute.
    #expect(
      rows.filter { $0[4] == "-" }.map { Int($0[0].prefix { $0 != " " }) } == [1, 2, 3, 4, 15])
  }

  @Test("explore writes the page and names it, or says why it cannot")
  func explore() throws {
    try withTemporaryFolder { root in
      let run = try discrete(["explore", "--out", "\(root)/page.html"], in: root)
      #expect(run.code == 0 && run.output == "\(root)/page.html\n")
      #expect(try text(of: "\(root)/page.html").hasPrefix("<!DOCTYPE html>"))
      expectFailure(
        try discrete(["explore", "--out", "\(root)/no/page.html"], in: root), 73, ["no/page.html"])
      expectFailure(
        try discrete(["figure", "gumbel", "--out", "x.gif"], in: root), 64, ["x.gif", ".png"])
    }
  }
}
