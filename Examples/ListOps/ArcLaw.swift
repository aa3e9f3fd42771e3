import SwiftDiscrete

/// A law over the arcs from the heads of words, 0 for the root, to the words.
///
/// A head stands before its word, and one word hangs on the root, which is thus the first one.
protocol ArcLaw: ModalDistribution where Point == Tensor {
  /// The law of scores `[sentences, words + 1, words]`.
  init(scores: Tensor, of sentences: Sentences)

  /// The arcs `[..., sentences, words + 1, words]` of points.
  static func arcs(_ point: Tensor, words: Int) -> Tensor
}

extension Gibbs<ProjectiveDependencies>: ArcLaw {
  /// One law for each sentence, of its length.
  init(scores: Tensor, of sentences: Sentences) {
    let (n, structures) = (sentences.words, Structures.shared)
    let arcs = Self.arcs(words: n)
    let forbidden = Tensor(arcs.map { $0.head > $0.word ? -.infinity : 0 })
    self.init(
      logits: forbidden
        + scores.reshaped([sentences.count, (n + 1) * n]).gathering(
          Indices(arcs.map { $0.head * n + $0.word - 1 }, shape: [arcs.count]), along: 1),
      structure: structures[n], members: sentences.lengths.map { structures[$0] })
  }

  /// The heads and words of the parts of a ``ProjectiveDependencies``.
  private static func arcs(words n: Int) -> [(head: Int, word: Int)] {
    (0...n).flatMap { head in (1...n).filter { $0 != head }.map { (head, $0) } }
  }

  static func arcs(_ point: Tensor, words n: Int) -> Tensor {
    // Behind the parts stands what is no arc.
    var places = [Int](repeating: n * n, count: (n + 1) * n)
    for (part, arc) in arcs(words: n).enumerated() { places[arc.head * n + arc.word - 1] = part }
    return point.padded(along: -1, before: 0, to: n * n + 1)
      .gathering(Indices(places, shape: [n + 1, n]), along: -1)
  }
}

/// Projective trees with one word on the root, by the number of words.
private struct Structures: Sendable {
  static let shared = Structures()

  private let all = (1...Sentences.longest).map { ProjectiveDependencies(words: $0, roots: .one) }

  subscript(_ words: Int) -> ProjectiveDependencies { all[words - 1] }
}

extension Categorical: ArcLaw {
  /// A head for each word, whatever the others have; padding hangs on the root.
  init(scores: Tensor, of sentences: Sentences) {
    let n = sentences.words
    let isOpen = Tensor(shape: [sentences.count, n, n + 1]) { buffer in
      for (row, length) in sentences.lengths.enumerated() {
        for word in 0..<n {
          let heads = word == 0 || word >= length ? 0...0 : 1...word
          for head in 0...n {
            buffer[(row * n + word) * (n + 1) + head] = heads.contains(head) ? 1 : 0
          }
        }
      }
    }
    self.init(
      logits: select(isOpen, scores.permuted([0, 2, 1]), Tensor(-Scalar.infinity)))
  }

  static func arcs(_ point: Tensor, words: Int) -> Tensor { point.transposed() }
}
