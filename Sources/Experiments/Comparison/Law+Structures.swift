import Formats
import Stochastics
import Tensors

extension Law {
  /// The laws of structures by the names that problems and latents give them: a tree is a spanning
  /// tree too.
  static let structuresByName = Dictionary(
    uniqueKeysWithValues: structures.flatMap { law in
      [(law.name, law)] + (law.name == "spanning-tree" ? [("tree", law)] : [])
    })

  /// The Gibbs law of a structure of the numbers of its extent.
  private init<Shape: Structure>(
    _ name: String, of kind: String, extent: LawExtent,
    structure: @escaping @Sendable ([Int]) -> Shape
  ) {
    self.init(name, of: kind, extent: extent, structure: structure) { scores, shape in
      Gibbs(logits: scores, structure: structure(shape))
    }
  }

  /// The laws of structures, with their parts in the order of the pages of these types.
  static let structures: [Law] = [
    Law(
      "chain", of: "chains",
      extent: .shape(["n", "k"], example: [2, 2]) { $0[0] * $0[1] + ($0[0] - 1) * $0[1] * $0[1] }
    ) { Chain(steps: $0[0], labels: $0[1]) },
    Law(
      "segmentation", of: "segmentations",
      extent: .shape(["n", "l"], example: [3, 2]) { $0[0] * $0[1] }
    ) { Segmentation(steps: $0[0], longest: $0[1]) },
    Law(
      "parse", of: "binary trees",
      extent: .shape(["n"], example: [3], sums: { cube($0[0] + 2) / 6 }) {
        $0[0] * ($0[0] + 1) / 2
      }
    ) { BinaryTree(leaves: $0[0]) },
    Law(
      "spanning-tree", of: "spanning trees",
      extent: .shape(["n"], example: [3], sums: { 2 * cube($0[0]) / 3 }) {
        $0[0] * ($0[0] - 1) / 2
      }
    ) { SpanningTree(vertices: $0[0]) },
    Law(
      "kruskal", of: "traces of kruskal's algorithm",
      extent: .shape(["n"], example: [3], sums: { 2 * cube($0[0]) / 3 }) {
        $0[0] * ($0[0] - 1) / 2
      }
    ) { scores, shape in KruskalTraces(logits: scores, vertices: shape[0]) },
    Law(
      "dependencies", of: "projective dependencies",
      extent: .shape(["n"], example: [2], sums: { 2 * cube($0[0] + 1) / 3 }) { $0[0] * $0[0] }
    ) { ProjectiveDependencies(words: $0[0]) },
    Law(
      "brackets", of: "balanced brackets",
      extent: .shape(["n"], example: [2]) { 2 * $0[0] * ($0[0] + 1) }
    ) { Brackets(pairs: $0[0]) },
    Law(
      "arborescence", of: "arborescences",
      extent: .shape(["n"], example: [2], sums: { 2 * cube($0[0] + 1) / 3 }) { $0[0] * $0[0] }
    ) { Arborescence(words: $0[0]) },
    Law(
      "alignment", of: "alignments",
      extent: .shape(["n", "m"], example: [2, 2]) { 3 * $0[0] * $0[1] }
    ) { Alignment(rows: $0[0], columns: $0[1]) },
  ]

  private static func cube(_ n: Int) -> Int { n * n * n }

  /// Why a structure of these numbers is refused; `nil` where its sums fit into memory.
  func excess(_ extent: [Int]) -> String? {
    let shape = extent.map(String.init).joined(separator: "x")
    return MemoryBudget.excess("the sums over \(name):\(shape)", [[4, sums(extent)]])
  }

  /// Numbers in the sums over a structure at most; 0 for other laws.
  func sums(_ shape: [Int]) -> Int { extent?.sums(shape) ?? 0 }
}
