import Runs
import Stochastics

extension Picture {
  // MARK: A segmentation

  /// Logarithms of how often words occur, made up.
  private static let lexicon: [String: Double] = [
    "no": 2, "now": 1.5, "nowhere": 0.5, "where": 1, "here": 1.2, "her": 1, "he": 1.4, "near": 1,
    "ear": 0, "we": 1, "were": 1, "or": 1, "ere": -2, "an": 1, "en": -2, "a": 1, "ow": -2,
  ]

  /// The score of a word; a string that is none costs 3 for each letter.
  package static func score(ofWord word: String) -> Double {
    lexicon[word] ?? -3 * Double(word.count)
  }

  /// Words of a phrase without spaces.
  func segmentation() -> Drawing {
    let letters = Array("nowherenear")
    let longest = 7
    let structure = Segmentation(steps: letters.count, longest: longest)
    var scores = [Double](repeating: 0, count: structure.partCount)
    var segments: [(part: Int, start: Int, word: String)] = []
    for start in letters.indices {
      for length in 1...min(longest, letters.count - start) {
        let word = String(letters[start..<start + length])
        let part = start * longest + length - 1
        scores[part] = Self.score(ofWord: word)
        segments.append((part, start, word))
      }
    }
    let law = InkedLaw(structure, scores: scores, of: "ways to cut")
    let shown = segments.filter { law.marginals[$0.part] >= InkedLaw.least }
      .sorted {
        let best = (law.best.contains($0.part), law.best.contains($1.part))
        return best.0 == best.1
          ? (-law.marginals[$0.part], $0.part) < (-law.marginals[$1.part], $1.part) : best.0
      }
    // The lowest row in which a segment meets no other.
    var rows: [[Range<Int>]] = []
    let levels = shown.map { segment in
      let steps = segment.start..<segment.start + segment.word.count
      let row = rows.firstIndex { $0.allSatisfy { !$0.overlaps(steps) } } ?? rows.count
      if row == rows.count { rows.append([]) }
      rows[row].append(steps)
      return row
    }
    let (left, step, height) = (30.0, 56.0, 30.0)
    let bottom = 66 + height * Double(rows.count)
    let words = shown.filter { law.best.contains($0.part) }.sorted { $0.start < $1.start }
    var drawing = Drawing(
      width: 2 * left + step * Double(letters.count), height: bottom + 84,
      title: "A segmentation: words without spaces", facts: law.facts,
      likeliest: "the likeliest words; words below 0.5 percent are left out",
      description: "Boxes over letters are words. The likeliest are "
        + words.map(\.word).joined(separator: ", ") + ".")
    for (segment, level) in zip(shown, levels) {
      let corner: Drawing.Point = (
        left + step * Double(segment.start) + 3, bottom - height * Double(level + 1)
      )
      let width = step * Double(segment.word.count) - 6
      let (share, isBest) = (law.marginals[segment.part], law.best.contains(segment.part))
      drawing.rectangle(
        at: corner, width: width, height: height - 6, fill: .ink, opacity: share)
      drawing.polygon(
        [
          corner, (corner.x + width, corner.y), (corner.x + width, corner.y + height - 6),
          (corner.x, corner.y + height - 6),
        ], fill: nil, stroke: isBest ? .likeliest : .grid, width: isBest ? 2.5 : 1)
      drawing.text(
        "\(segment.word) \(percent(share))", at: (corner.x + width / 2, corner.y + 16),
        anchor: .middle, color: .over(share))
    }
    for (index, letter) in letters.enumerated() {
      drawing.text(
        String(letter), at: (left + step * (Double(index) + 0.5), bottom + 22), anchor: .middle,
        size: 16)
    }
    return drawing
  }

  // MARK: A binary tree

  /// The chart of a sentence with two readings.
  func parse() -> Drawing {
    let words = ["she", "saw", "the", "man", "with", "a", "telescope"]
    let n = words.count
    let structure = BinaryTree(leaves: n)
    var scores = [Double](repeating: 0, count: structure.partCount)
    // Phrases that a reader would name; with the man, or seen with the telescope.
    for (first, end, score) in [
      (2, 4, 3.0), (5, 7, 3), (4, 7, 2.5), (1, 7, 2.5), (1, 4, 1.5), (2, 7, 1.2), (0, 2, 0.5),
      (0, 4, 0.5),
    ] { scores[structure.part(from: first, to: end)] = score }
    let law = InkedLaw(structure, scores: scores, of: "trees")
    let (left, bottom, step, rise) = (80.0, 336.0, 88.0, 42.0)
    func place(_ first: Int, _ end: Int) -> Drawing.Point {
      (left + step * (Double(first + end - 1) / 2), bottom - rise * Double(end - first - 1))
    }
    let spans = (0..<n).flatMap { first in (first + 1...n).map { (first: first, end: $0) } }
    func isBest(_ span: (first: Int, end: Int)) -> Bool {
      law.best.contains(structure.part(from: span.first, to: span.end))
    }
    let phrases = spans.filter { isBest($0) && $0.end > $0.first + 1 }
      .map { words[$0.first..<$0.end].joined(separator: " ") }
    var drawing = Drawing(
      width: 700, height: 424, title: "A binary tree over a sentence", facts: law.facts,
      likeliest: "the likeliest tree",
      description:
        "A disc for each span of words, above the middle of its words and the higher the "
        + "more words it has. Spans of the likeliest tree: "
        + phrases.joined(separator: "; ") + ".")
    for span in spans where isBest(span) {
      // The largest spans of the tree within, one from each end.
      let inner = spans.filter {
        isBest($0) && $0 != span && $0.first >= span.first && $0.end <= span.end
      }
      for part in inner
      where !inner.contains(where: {
        $0 != part && $0.first <= part.first && $0.end >= part.end
      }) {
        drawing.line(
          from: place(span.first, span.end), to: place(part.first, part.end), color: .likeliest,
          width: 2)
      }
    }
    for span in spans {
      drawing.inkDisc(
        at: place(span.first, span.end), radius: 15,
        probability: law.marginals[structure.part(from: span.first, to: span.end)],
        isBest: isBest(span))
    }
    for (index, word) in words.enumerated() {
      drawing.text(
        word, at: (place(index, index + 1).x, bottom + 36), anchor: .middle, size: 14)
    }
    return drawing
  }
}
