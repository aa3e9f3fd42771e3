import Runs
import Stochastics

extension Picture {
  // MARK: A chain

  /// Parts of speech of five words, as a trellis.
  func chain() -> Drawing {
    let words = ["time", "flies", "like", "an", "arrow"]
    let labels = ["noun", "verb", "preposition", "article"]
    let structure = Chain(steps: words.count, labels: labels.count)
    // How well a word goes with a label, and a label with the next.
    let emissions: [[Double]] = [
      [2, 1.2, -3, -4], [1.2, 1.6, -4, -4], [-2, 0.8, 1.4, -4], [-4, -4, -3, 3], [3, 0, -3, -4],
    ]
    let transitions: [[Double]] = [
      [0.2, 1, 0.6, -1], [0.4, -1, 0.6, 1], [0.8, -2, -2, 1.2], [2, -1, -3, -4],
    ]
    let pairs = (1..<words.count).flatMap { _ in transitions.flatMap { $0 } }
    let law = InkedLaw(structure, scores: emissions.flatMap { $0 } + pairs, of: "sequences")
    func place(_ step: Int, _ label: Int) -> Drawing.Point {
      (140 + 126 * Double(step), 86 + 62 * Double(label))
    }
    let path = words.indices.map { step in
      labels.indices.first { law.best.contains(step * labels.count + $0) } ?? 0
    }
    var drawing = Drawing(
      width: 700, height: 376, title: "A chain: the part of speech of each word", facts: law.facts,
      likeliest: "the likeliest sequence",
      description: "Discs for labels over words, bands for transitions. The likeliest sequence is "
        + path.map { labels[$0] }.joined(separator: ", ") + ".")
    for step in 1..<words.count {
      for (from, to) in labels.indices.flatMap({ a in labels.indices.map { (a, $0) } }) {
        let pair = ((step - 1) * labels.count + from) * labels.count + to
        drawing.ink(
          [place(step - 1, from), place(step, to)],
          probability: law.marginals[words.count * labels.count + pair], width: 7)
      }
    }
    drawing.polyline(
      path.enumerated().map { place($0, $1) }, color: .likeliest, width: 2)
    for (step, word) in words.enumerated() {
      for label in labels.indices {
        let part = step * labels.count + label
        drawing.inkDisc(
          at: place(step, label), radius: 16, probability: law.marginals[part],
          isBest: law.best.contains(part))
      }
      drawing.text(word, at: (place(step, 0).x, 322), anchor: .middle, size: 14)
    }
    for (label, name) in labels.enumerated() {
      drawing.text(name, at: (16, place(0, label).y + 4))
    }
    return drawing
  }

  // MARK: An alignment

  /// Two spellings of a word, letter by letter.
  func alignment() -> Drawing {
    let (from, to) = (Array("neccesary"), Array("necessary"))
    let structure = Alignment(rows: from.count, columns: to.count)
    var scores = [Double](repeating: -1, count: structure.partCount)
    for (row, a) in from.enumerated() {
      for (column, b) in to.enumerated() {
        scores[3 * (row * to.count + column)] = a == b ? 2 : -1.5
      }
    }
    let law = InkedLaw(structure, scores: scores, of: "alignments")
    let (left, top, cell) = (130.0, 104.0, 40.0)
    func place(_ row: Int, _ column: Int) -> Drawing.Point {
      (left + cell * Double(column), top + cell * Double(row))
    }
    var drawing = Drawing(
      width: 560, height: 484,
      title: "An alignment of \(String(from)) with \(String(to))", facts: law.facts,
      likeliest: "the likeliest alignment",
      description: "Bands are steps through a grid of letters: one that goes down and right pairs "
        + "two letters, the others leave a letter alone.")
    for row in from.indices {
      drawing.line(from: place(row, 0), to: place(row, to.count - 1), color: .grid)
    }
    for column in to.indices {
      drawing.line(from: place(0, column), to: place(from.count - 1, column), color: .grid)
    }
    var path: [Drawing.Point] = [place(0, 0)]
    for row in from.indices {
      for column in to.indices {
        for (kind, back) in [(1, 1), (1, 0), (0, 1)].enumerated() {
          let part = 3 * (row * to.count + column) + kind
          guard row >= back.0 && column >= back.1 else { continue }
          drawing.ink(
            [place(row - back.0, column - back.1), place(row, column)],
            probability: law.marginals[part], width: 9)
          if law.best.contains(part) { path.append(place(row, column)) }
        }
      }
    }
    drawing.polyline(path, color: .likeliest, width: 2)
    for (row, letter) in from.enumerated() {
      drawing.text(
        String(letter), at: (left - 30, place(row, 0).y + 5), anchor: .middle, size: 14)
    }
    for (column, letter) in to.enumerated() {
      drawing.text(
        String(letter), at: (place(0, column).x, top - 20), anchor: .middle, size: 14)
    }
    return drawing
  }

  // MARK: Brackets

  /// A mountain whose heights are known up to noise.
  func brackets() -> Drawing {
    let heights = [1.4, 1.1, 2.2, 3.6, 2.8, 2.4, 0.7, 0.9, 0.2, 1.6, 2.5, 2.1, 2.6, 2.4, 0.6, 0.3]
    let pairs = heights.count / 2
    // Log-densities of the heights around each depth, up to a constant.
    let scores = heights.flatMap { height in
      (0...pairs).map { depth in
        let miss = height - Double(depth)
        return -miss * miss / 2
      }
    }
    let law = InkedLaw(Brackets(pairs: pairs), scores: scores, of: "sequences of brackets")
    let (left, bottom, step, rise) = (60.0, 262.0, 40.0, 40.0)
    let depths = heights.indices.map { index in
      (0...pairs).first { law.best.contains(index * (pairs + 1) + $0) } ?? 0
    }
    let path = [0] + depths
    func place(_ index: Int, _ depth: Double) -> Drawing.Point {
      (left + step * Double(index), bottom - rise * depth)
    }
    let letters = path.indices.dropFirst().map { path[$0] > path[$0 - 1] ? "(" : ")" }
    var drawing = Drawing(
      width: 740, height: 350, title: "Brackets: a mountain from measured heights",
      facts: law.facts, likeliest: "the likeliest mountain; dashes: measured heights",
      description: "Discs for depths after each bracket, dashes for measurements with a deviation "
        + "of 1. The likeliest sequence is \(letters.joined()).")
    for depth in 0...4 {
      let y = place(0, Double(depth)).y
      drawing.line(from: (left, y), to: (place(heights.count, 0).x, y), color: .grid)
      drawing.text("\(depth)", at: (left - 24, y + 4), anchor: .end, color: .quiet)
    }
    for (index, height) in heights.enumerated() {
      let (x, y) = place(index + 1, height)
      drawing.line(from: (x - 18, y), to: (x + 18, y), color: .series(0), width: 3)
    }
    drawing.polyline(
      path.enumerated().map { place($0, Double($1)) }, color: .likeliest, width: 2)
    for index in heights.indices {
      for depth in 0...pairs {
        let part = index * (pairs + 1) + depth
        guard law.marginals[part] >= InkedLaw.least else { continue }
        drawing.inkDisc(
          at: place(index + 1, Double(depth)), radius: 13, probability: law.marginals[part],
          isBest: law.best.contains(part))
      }
      drawing.text(
        letters[index], at: (place(index, 0).x + step / 2, bottom + 34), anchor: .middle, size: 14)
    }
    return drawing
  }
}
