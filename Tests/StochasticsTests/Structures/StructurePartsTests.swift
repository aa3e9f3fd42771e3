import Stochastics
import Testing

/// Where parts stand, by the formulas of the pages.
struct StructurePartsTests {
  @Test("spans, arcs and lines are counted by their first end and then by their second")
  func order() {
    let tree = BinaryTree(leaves: 4, labels: 2)
    let spans = (0..<4).flatMap { i in (i + 1...4).map { (i, $0) } }
    for (place, (i, j)) in spans.enumerated() {
      for label in 0..<2 {
        #expect(tree.part(from: i, to: j, label: label) == 2 * place + label)
      }
    }
    #expect(tree.partCount == 2 * spans.count)
    let words = Arborescence(words: 4)
    let arcs = (0...4).flatMap { h in (1...4).filter { $0 != h }.map { (h, $0) } }
    #expect(arcs.map { words.part(from: $0.0, to: $0.1) } == Array(0..<words.partCount))
    let graph = SpanningTree(vertices: 5)
    let lines = (0..<5).flatMap { i in (i + 1..<5).map { (i, $0) } }
    #expect(lines.map { graph.part(between: $0.0, and: $0.1) } == Array(0..<graph.partCount))
    #expect(lines.map { graph.part(between: $0.1, and: $0.0) } == Array(0..<graph.partCount))
  }

  @Test("the parts of a smaller structure stand where a larger one has the same parts")
  func places() {
    // Labels of two steps, then the pairs between them, behind all labels.
    #expect(
      Chain(steps: 4, labels: 3).places(of: Chain(steps: 2, labels: 3))
        == Array(0..<6) + (0..<9).map { 12 + $0 })
    #expect(
      Segmentation(steps: 5, longest: 3, labels: 2)
        .places(of: Segmentation(steps: 3, longest: 3, labels: 2)) == Array(0..<18))
    let tree = BinaryTree(leaves: 5, labels: 2)
    #expect(
      tree.places(of: BinaryTree(leaves: 3, labels: 2))
        == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)].flatMap { i, j in
          (0..<2).map { tree.part(from: i, to: j, label: $0) }
        })
    // Cell (i, j) at 3 (4 i + j).
    #expect(
      Alignment(rows: 3, columns: 4).places(of: Alignment(rows: 2, columns: 2))
        == Array(0..<6) + Array(12..<18))
    // Depth d after place p at 5 p + d.
    #expect(
      Brackets(pairs: 4).places(of: Brackets(pairs: 2))
        == (0..<4).flatMap { p in (0...2).map { 5 * p + $0 } })
    let words = Arborescence(words: 4)
    let arcs = [(0, 1), (0, 2), (1, 2), (2, 1)].map { words.part(from: $0.0, to: $0.1) }
    #expect(words.places(of: Arborescence(words: 2)) == arcs)
    #expect(
      ProjectiveDependencies(words: 4).places(of: ProjectiveDependencies(words: 2)) == arcs)
    let graph = SpanningTree(vertices: 5)
    #expect(
      graph.places(of: SpanningTree(vertices: 3))
        == [(0, 1), (0, 2), (1, 2)].map { graph.part(between: $0.0, and: $0.1) })
  }

  /// Whether every word has a head from which arcs lead back to the root, without a cycle.
  private func isTree(_ heads: [Int]) -> Bool {
    heads.indices.dropFirst().allSatisfy { word in
      var place = word
      for _ in heads where place > 0 { place = heads[place] }
      return place == 0
    }
  }

  /// The head of each word by the parts of a state, 0 for the root; `nil` unless each has one.
  private func heads(_ parts: [Int], words: Int) -> [Int]? {
    let structure = Arborescence(words: words)
    var heads = [Int](repeating: -1, count: words + 1)
    for head in 0...words {
      for modifier in 1...words
      where modifier != head && parts.contains(structure.part(from: head, to: modifier)) {
        guard heads[modifier] < 0 else { return nil }
        heads[modifier] = head
      }
    }
    heads[0] = 0
    return heads.contains(-1) || parts.count != words ? nil : heads
  }

  @Test("states of dependencies are trees, without crossing arcs or with one root as they promise")
  func dependencies() {
    for (words, roots) in [(3, RootCount.many), (4, .many), (3, .one), (4, .one)] {
      let all = Arborescence(words: words, roots: roots).engine.states()
      let plane = ProjectiveDependencies(words: words, roots: roots).engine.states()
      for (states, mayCross) in [(all, true), (plane, false)] {
        for state in states {
          guard let heads = heads(state, words: words) else {
            Issue.record("\(state) gives a word no head or two")
            continue
          }
          #expect(isTree(heads))
          #expect(roots == .many || heads.dropFirst().count { $0 == 0 } == 1)
          let arcs = (1...words).map { (min(heads[$0], $0), max(heads[$0], $0)) }
          let crosses = arcs.contains { a in
            arcs.contains { a.0 < $0.0 && $0.0 < a.1 && a.1 < $0.1 }
          }
          #expect(mayCross || !crosses)
        }
      }
    }
  }

  @Test("states of alignments are paths, and the parts say where each step enters and how")
  func alignments() {
    for state in Alignment(rows: 3, columns: 4).engine.states() {
      let steps = state.map { (row: $0 / 12, column: $0 / 3 % 4, kind: $0 % 3) }
        .sorted { ($0.row, $0.column) < ($1.row, $1.column) }
      var (row, column) = (0, 0)
      for step in steps {
        row += step.kind == 2 ? 0 : 1
        column += step.kind == 1 ? 0 : 1
        #expect(step.row == row && step.column == column, "\(state)")
      }
      #expect(row == 2 && column == 3)
    }
  }

  @Test("states of chains have one label a step, and the pair of neighbors")
  func chains() {
    for state in Chain(steps: 3, labels: 3).engine.states() {
      let labels = state.filter { $0 < 9 }.sorted()
      #expect(labels.map { $0 / 3 } == [0, 1, 2])
      let pairs: [Int] = (0..<2).map { step in
        let (from, to) = (labels[step] % 3, labels[step + 1] % 3)
        return 9 + 9 * step + 3 * from + to
      }
      #expect(state.filter { $0 >= 9 }.sorted() == pairs)
    }
  }

  @Test("states of segmentations follow each other without a gap")
  func segmentations() {
    for state in Segmentation(steps: 5, longest: 3, labels: 2).engine.states() {
      let end = state.sorted().reduce(0) { end, part in
        let (start, length) = (part / 2 / 3, part / 2 % 3 + 1)
        #expect(start == end, "\(state)")
        return start + length
      }
      #expect(end == 5)
    }
  }

  @Test("states of binary trees split each span in two")
  func trees() {
    let tree = BinaryTree(leaves: 5)
    for state in tree.engine.states() {
      func has(_ first: Int, _ end: Int) -> Bool { state.contains(tree.part(from: first, to: end)) }
      func size(_ first: Int, _ end: Int) -> Int {
        guard end > first + 1 else { return 1 }
        let splits = (first + 1..<end).filter { has(first, $0) && has($0, end) }
        #expect(splits.count == 1, "\(state)")
        return 1 + splits.reduce(0) { $0 + size(first, $1) + size($1, end) }
      }
      #expect(has(0, 5) && state.count == 9 && size(0, 5) == 9)
    }
  }

  @Test("states of brackets go up or down by one and end at the ground")
  func brackets() {
    for state in Brackets(pairs: 4).engine.states() {
      let depths = state.sorted().enumerated().map { place, part in
        #expect(part / 5 == place)
        return part % 5
      }
      #expect(zip([0] + depths, depths).allSatisfy { abs($0 - $1) == 1 } && depths.last == 0)
    }
  }

  @Test("states of spanning trees connect all vertices")
  func spanningTrees() {
    let graph = SpanningTree(vertices: 5)
    for state in graph.engine.states() {
      var reached: Set = [0]
      for _ in 0..<4 {
        for (i, j) in (0..<5).flatMap({ i in (i + 1..<5).map { (i, $0) } })
        where state.contains(graph.part(between: i, and: j)) {
          if reached.contains(i) || reached.contains(j) { reached.formUnion([i, j]) }
        }
      }
      #expect(state.count == 4 && reached.count == 5)
    }
  }

  @Test("structures of another kind of parts have no places")
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      _ = Chain(steps: 3, labels: 2).places(of: Chain(steps: 2, labels: 3))
    }
    await #expect(processExitsWith: .failure) {
      _ = Segmentation(steps: 3, longest: 3).places(of: Segmentation(steps: 3, longest: 2))
    }
    await #expect(processExitsWith: .failure) {
      _ = Alignment(rows: 2, columns: 3).places(of: Alignment(rows: 3, columns: 2))
    }
    await #expect(processExitsWith: .failure) {
      _ = Arborescence(words: 3).places(of: Arborescence(words: 2, roots: .one))
    }
    await #expect(processExitsWith: .failure) {
      _ = SpanningTree(vertices: 2).places(of: SpanningTree(vertices: 3))
    }
  }
}
