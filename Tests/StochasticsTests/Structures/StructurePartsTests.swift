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
