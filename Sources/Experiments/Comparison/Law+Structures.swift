import Stochastics
import Tensors

extension Law {
  /// The laws of structures, with their parts in the order of the pages of these types.
  static let structures: [Law] = [
    Law(
      "chain", of: "chains",
      extent: .shape(["n", "k"], example: [2, 2]) { $0[0] * $0[1] + ($0[0] - 1) * $0[1] * $0[1] }
    ) { scores, shape in
      Gibbs(logits: scores, structure: Chain(steps: shape[0], labels: shape[1]))
    },
    Law(
      "segmentation", of: "segmentations",
      extent: .shape(["n", "l"], example: [3, 2]) { $0[0] * $0[1] }
    ) { scores, shape in
      Gibbs(logits: scores, structure: Segmentation(steps: shape[0], longest: shape[1]))
    },
    Law(
      "parse", of: "binary trees",
      extent: .shape(["n"], example: [3]) { $0[0] * ($0[0] + 1) / 2 }
    ) { scores, shape in Gibbs(logits: scores, structure: BinaryTree(leaves: shape[0])) },
    Law(
      "spanning-tree", of: "spanning trees",
      extent: .shape(["n"], example: [3]) { $0[0] * ($0[0] - 1) / 2 }
    ) { scores, shape in Gibbs(logits: scores, structure: SpanningTree(vertices: shape[0])) },
    Law(
      "kruskal", of: "traces of kruskal's algorithm",
      extent: .shape(["n"], example: [3]) { $0[0] * ($0[0] - 1) / 2 }
    ) { scores, shape in KruskalTraces(logits: scores, vertices: shape[0]) },
    Law(
      "dependencies", of: "projective dependencies",
      extent: .shape(["n"], example: [2]) { $0[0] * $0[0] }
    ) { scores, shape in
      Gibbs(logits: scores, structure: ProjectiveDependencies(words: shape[0]))
    },
    Law(
      "brackets", of: "balanced brackets",
      extent: .shape(["n"], example: [2]) { 2 * $0[0] * ($0[0] + 1) }
    ) { scores, shape in Gibbs(logits: scores, structure: Brackets(pairs: shape[0])) },
    Law(
      "arborescence", of: "arborescences",
      extent: .shape(["n"], example: [2]) { $0[0] * $0[0] }
    ) { scores, shape in Gibbs(logits: scores, structure: Arborescence(words: shape[0])) },
    Law(
      "alignment", of: "alignments",
      extent: .shape(["n", "m"], example: [2, 2]) { 3 * $0[0] * $0[1] }
    ) { scores, shape in
      Gibbs(logits: scores, structure: Alignment(rows: shape[0], columns: shape[1]))
    },
  ]
}
