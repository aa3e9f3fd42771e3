import SwiftDiscrete

/// A law over the segmentations of lines: every segment is a word of a lexicon, and weighs its
/// probability and a price for its length.
///
/// The price, exp(-0.15 length squared), keeps whole lines from becoming words: without it the
/// likelihood is largest where as little as possible is cut. Liang and Klein (2009), Online EM for
/// unsupervised models, have such a price.
struct Lexicon: Parameterized {
  /// The logits of the words, [words].
  var logits: Tensor
  private let places: [Substring: Int]
  private let prices: Tensor
  let longest: Int

  /// All that stands in the lines at least so often, and all letters.
  init(of lines: [[Character]], letters: Set<Character>, longest: Int, minimumCount: Int) {
    var counts: [Substring: Int] = [:]
    for line in lines {
      Lexicon.forEachSegment(of: line, longest) { _, word in counts[word, default: 0] += 1 }
    }
    let frequent = counts.filter { $0.value >= minimumCount && $0.key.count > 1 }.keys
    let words = (frequent + letters.map { Substring(String($0)) }).sorted()
    places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
    prices = Tensor(words.map { 0.15 * Scalar($0.count * $0.count) }, shape: [words.count])
    logits = Tensor.zeros([words.count])
    self.longest = longest
  }

  var wordCount: Int { places.count }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("logits", &logits)
  }

  /// Calls `body` with the part of a ``Segmentation`` and the text of each segment of a line.
  private static func forEachSegment(
    of line: [Character], _ longest: Int, _ body: (Int, Substring) -> Void
  ) {
    let text = String(line)
    for (place, start) in text.indices.enumerated() {
      var end = start
      for length in 0..<longest where end < text.endIndex {
        end = text.index(after: end)
        body(place * longest + length, text[start..<end])
      }
    }
  }

  /// The law over the segmentations of some lines, an entry for each.
  ///
  /// - Parameter structures: those of lines of no step, of one, and so on.
  func law(of lines: [[Character]], _ structures: [Segmentation?]) -> Gibbs<Segmentation> {
    let steps = lines.map(\.count).max() ?? 0
    let members = lines.compactMap { structures[$0.count] }
    guard let structure = structures[steps], members.count == lines.count else {
      fatalError("lines of up to \(steps) letters with \(structures.count) structures")
    }
    // Behind the words stands what is no word.
    var indices = [Int](repeating: wordCount, count: lines.count * structure.partCount)
    for (row, line) in lines.enumerated() {
      Lexicon.forEachSegment(of: line, longest) { part, word in
        if let place = places[word] { indices[row * structure.partCount + part] = place }
      }
    }
    let scores = concatenate([logits.logSoftmax(along: 0) - prices, [-.infinity]], along: 0)
    return Gibbs(
      logits: scores.gathering(
        Indices(indices, shape: [lines.count, structure.partCount]), along: 0),
      structure: structure, members: members)
  }
}
