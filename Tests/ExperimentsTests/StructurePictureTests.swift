import Experiments
import Foundation
import Runs
import TestSupport
import Testing

/// The pages of laws over structures, and the pictures on them.
struct StructurePictureTests {
  private static let catalogue = SourceTree.root.appending(
    path: "Sources/Stochastics/Stochastics.docc")

  /// Pages of the laws, which show a picture each.
  private static let pages = [
    "Alignment", "Arborescence", "BinaryTree", "Brackets", "Chain", "KruskalTraces",
    "ProjectiveDependencies", "Segmentation", "SpanningTree",
  ]

  @Test(
    "the picture of a page is what the command draws, and has words in its stead", arguments: pages)
  func picture(page: String) throws {
    let words = try text(of: Self.catalogue.appending(path: "Structures/\(page).md").path)
    let shown = try #require(words.firstMatch(of: /!\[([^\]]{40,})\]\(([a-z-]+)\)/))
    let picture = try #require(Picture(rawValue: String(shown.2)))
    #expect(words.contains("\n    discrete figure \(picture.rawValue)\n"))
    let kept = try text(
      of: Self.catalogue.appending(path: "Resources/\(picture.rawValue).svg").path)
    #expect(kept == picture.drawing(seed: 1).svg())
  }

  @Test("words without spaces have the percent that a sum over all cuts gives them")
  func segmentation() {
    let letters = Array("nowherenear")
    // Every set of places to cut, as bits; segments of up to seven letters.
    var (total, weights) = (0.0, [String: Double]())
    for cuts in 0..<(1 << (letters.count - 1)) {
      var words = [""]
      for (index, letter) in letters.enumerated() {
        words[words.count - 1].append(letter)
        if index < letters.count - 1 && cuts >> index & 1 == 1 { words.append("") }
      }
      guard words.allSatisfy({ $0.count <= 7 }) else { continue }
      let weight = exp(words.reduce(0) { $0 + Picture.score(ofWord: $1) })
      total += weight
      for word in Set(words) { weights[word, default: 0] += weight }
    }
    let picture = Picture.segmentation.drawing(seed: 1).svg()
    for word in ["now", "nowhere", "where", "here", "near"] {
      let percent = Int((100 * (weights[word] ?? 0) / total).rounded())
      #expect(picture.contains(">\(word) \(percent)</text>"))
    }
  }
}
