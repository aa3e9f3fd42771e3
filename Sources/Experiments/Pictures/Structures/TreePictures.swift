import RealModule
import Runs
import Stochastics
import Tensors

extension Picture {
  // MARK: Dependencies

  /// Heads of words as arcs that do not cross.
  func dependencies() -> Drawing {
    let words = ["she", "saw", "the", "man", "with", "a", "telescope"]
    let structure = ProjectiveDependencies(words: words.count, roots: .one)
    let scores = Self.arcScores(
      words: words.count,
      [
        (0, 2, 3), (2, 1, 3), (2, 4, 2.5), (4, 3, 3), (2, 5, 2.2), (4, 5, 2), (5, 7, 2.5),
        (7, 6, 3),
      ])
    return Self.arcs(
      InkedLaw(structure, scores: scores, of: "trees with one root"), words,
      title: "Projective dependencies: a head for each word")
  }

  /// Heads of words as arcs that may cross.
  func arborescence() -> Drawing {
    let words = ["a", "hearing", "is", "scheduled", "on", "the", "issue", "today"]
    let structure = Arborescence(words: words.count, roots: .one)
    let scores = Self.arcScores(
      words: words.count,
      [
        (0, 3, 3), (2, 1, 3), (3, 2, 2.5), (3, 4, 2.5), (4, 2, 1), (2, 5, 2), (4, 5, 1.5),
        (5, 7, 3), (7, 6, 3), (4, 8, 2.2), (3, 8, 1.2),
      ])
    return Self.arcs(
      InkedLaw(structure, scores: scores, of: "trees with one root"), words,
      title: "An arborescence: heads that may cross")
  }

  /// Scores of arcs that fall with their length, and of some that are given.
  private static func arcScores(
    words n: Int, _ given: [(head: Int, modifier: Int, score: Double)]
  ) -> [Double] {
    let structure = Arborescence(words: n)
    var scores = [Double](repeating: 0, count: structure.partCount)
    for head in 0...n {
      for modifier in 1...n where modifier != head {
        scores[structure.part(from: head, to: modifier)] = -0.3 * Double(abs(head - modifier))
      }
    }
    for arc in given { scores[structure.part(from: arc.head, to: arc.modifier)] = arc.score }
    return scores
  }

  private static func arcs(_ law: InkedLaw, _ words: [String], title: String) -> Drawing {
    let n = words.count
    let structure = Arborescence(words: n)
    let step = 84.0
    let arcs = (0...n).flatMap { head in
      (1...n).filter { $0 != head }.map { (head, $0, structure.part(from: head, to: $0)) }
    }.filter { law.marginals[$0.2] >= InkedLaw.least }
    let longest = arcs.map { abs($0.0 - $0.1) }.max() ?? 1
    let bottom = 84 + 22 * Double(longest)
    // An arc from its head to above its modifier; arcs to the left stand apart from those to the
    // right.
    func points(_ head: Int, _ modifier: Int) -> [Drawing.Point] {
      let way = modifier > head ? 1.0 : -1
      let start = 50 + step * Double(head) + 12 * way
      let end = 50 + step * Double(modifier) - 3 * way
      let rise = 12 + 22 * Double(abs(head - modifier)) + (way < 0 ? 7 : 0)
      return (0...40).map { index in
        let angle = Double.pi * Double(index) / 40
        return (
          (start + end) / 2 - (end - start) / 2 * .cos(angle), bottom - rise * .sin(angle)
        )
      }
    }
    let named = ["root"] + words
    var drawing = Drawing(
      width: 100 + step * Double(n), height: bottom + 72, title: title, facts: law.facts,
      likeliest: "the likeliest tree; arcs below 0.5 percent are left out",
      description: "Arcs over words, from head to modifier. The likeliest tree: "
        + arcs.filter { law.best.contains($0.2) }.map { "\(named[$0.0]) to \(named[$0.1])" }
        .joined(separator: ", ") + ".")
    for (head, modifier, part) in arcs {
      let line = points(head, modifier)
      drawing.ink(line, probability: law.marginals[part], width: 5)
      drawing.tip(at: line[line.count - 1], fill: .ink, opacity: law.marginals[part])
    }
    for (head, modifier, part) in arcs where law.best.contains(part) {
      let line = points(head, modifier)
      drawing.polyline(line, color: .likeliest, width: 2)
      drawing.tip(at: line[line.count - 1], fill: .likeliest)
    }
    for (index, word) in named.enumerated() {
      drawing.text(
        word, at: (50 + step * Double(index), bottom + 24), anchor: .middle, size: 14,
        color: index == 0 ? .quiet : .ink)
    }
    return drawing
  }

  // MARK: Spanning trees

  /// A tree of short lines between places.
  func spanningTree() -> Drawing {
    let places: [Drawing.Point] = [
      (0.06, 0.13), (0.3, 0.04), (0.27, 0.29), (0.07, 0.52), (0.47, 0.47), (0.56, 0.18),
      (0.74, 0.36), (0.93, 0.13), (0.92, 0.56),
    ]
    let structure = SpanningTree(vertices: places.count)
    let lines = Self.lines(structure, among: places)
    let law = InkedLaw(structure, scores: lines.map { -15 * $0.length }, of: "spanning trees")
    var drawing = Drawing(
      width: 560, height: 396, title: "A spanning tree of short lines", facts: law.facts,
      likeliest: "the likeliest tree, the shortest",
      description: "Nine places and the lines between them; the likeliest tree connects neighbors.")
    func place(_ vertex: Int) -> Drawing.Point {
      (40 + 480 * places[vertex].x, 64 + 480 * places[vertex].y)
    }
    for line in lines {
      drawing.ink(
        [place(line.from), place(line.to)], probability: law.marginals[line.part], width: 9)
    }
    for line in lines where law.best.contains(line.part) {
      drawing.line(from: place(line.from), to: place(line.to), color: .likeliest, width: 2)
    }
    for vertex in places.indices { drawing.circle(at: place(vertex), radius: 6, fill: .ink) }
    return drawing
  }

  private static func lines(
    _ structure: SpanningTree, among places: [Drawing.Point]
  ) -> [(from: Int, to: Int, part: Int, length: Double)] {
    places.indices.flatMap { from in
      places.indices.dropFirst(from + 1).map { to in
        (
          from, to, structure.part(between: from, and: to),
          .hypot(places[from].x - places[to].x, places[from].y - places[to].y)
        )
      }
    }
  }

  /// The same scores under Kruskal's algorithm and under the Gibbs law.
  func kruskal() -> Drawing {
    let places: [Drawing.Point] = [
      (0.5, 0.02), (0.98, 0.38), (0.8, 0.97), (0.17, 0.93), (0.03, 0.36),
    ]
    let structure = SpanningTree(vertices: places.count)
    let lines = Self.lines(structure, among: places)
    let scores = [1.5, 0.2, -1, 0.5, 0.9, 0, -0.6, 1.2, 0.1, 0.4]
    let gibbs = InkedLaw(structure, scores: scores, of: "spanning trees")
    let law = KruskalTraces(logits: Tensor(scores.map { Scalar($0) }), vertices: places.count)
    let traces = law.states()
    let logs = law.logProbability(traces)
    let chances = logs.exp().expandingDimensions(at: -1)
    let marginals = (KruskalTraces.point(traces) * chances).sum(along: 0).scalars
    let all = logs.scalars
    let best = all.indices.max { all[$0] < all[$1] } ?? 0
    let width = places.count - 1
    let trace = traces.indices.values[(best * width)..<((best + 1) * width)].map { Int($0) }
    var drawing = Drawing(
      width: 720, height: 440, title: "Two laws of the same ten scores",
      facts: "\(grouped(all.count)) traces of \(gibbs.facts.prefix { $0 != "." }.lowercased()). "
        + "The likeliest trace, in color, has probability "
        + significant(Double(logs.exp().scalars[best])) + ".",
      likeliest: "the likeliest trace with its order, and the likeliest tree",
      description:
        "Five vertices and ten lines, twice, with the percent of each line: by Kruskal's "
        + "algorithm with exponential keys, and by the Gibbs law. They differ by a few percent.")
    for (left, title, shares, chosen) in [
      (20.0, "Kruskal's traces", marginals.map { Double($0) }, trace),
      (380, "Gibbs", gibbs.marginals, gibbs.best.sorted()),
    ] {
      func place(_ vertex: Int) -> Drawing.Point {
        (left + 20 + 280 * places[vertex].x, 104 + 280 * places[vertex].y)
      }
      func point(_ line: Int, _ share: Double) -> Drawing.Point {
        let (a, b) = (place(lines[line].from), place(lines[line].to))
        return (a.x + share * (b.x - a.x), a.y + share * (b.y - a.y))
      }
      drawing.text(title, at: (left, 76), size: 13, isBold: true)
      for line in lines.indices {
        drawing.ink([point(line, 0), point(line, 1)], probability: shares[line], width: 9)
      }
      for line in chosen {
        drawing.line(from: point(line, 0), to: point(line, 1), color: .likeliest, width: 2)
      }
      for line in lines.indices {
        drawing.inkDisc(
          at: point(line, 0.5), radius: 12, probability: shares[line],
          isBest: chosen.contains(line))
      }
      for vertex in places.indices { drawing.circle(at: place(vertex), radius: 6, fill: .ink) }
      if left > 100 { continue }
      for (order, line) in trace.enumerated() {
        let center = point(line, 0.22)
        drawing.circle(at: center, radius: 8, fill: .likeliest)
        drawing.text(
          "\(order + 1)", at: (center.x, center.y + 4), anchor: .middle, size: 11, color: .paper,
          isBold: true)
      }
    }
    return drawing
  }
}

extension Drawing {
  /// The tip of an arc that comes down.
  fileprivate mutating func tip(at end: Point, fill: Theme.Color, opacity: Double = 1) {
    polygon(
      [(end.x, end.y + 9), (end.x - 5, end.y), (end.x + 5, end.y)], fill: fill, opacity: opacity)
  }
}
