import Foundation
import Models
import Stochastics
import Tensors
import Testing

struct BLEUTests {
  /// Sequences of tokens below 9, filled up with 9, their end.
  private static func sequences(_ rows: [[Int]]) -> Classes {
    Classes(
      Indices(
        rows.flatMap { $0 + [Int](repeating: 9, count: 8 - $0.count) }, shape: [rows.count, 8]),
      classCount: 10)
  }

  private static func scores(_ rows: [[Int]], references: [[Int]]) -> [[Double]] {
    BLEU(references: sequences(references), end: 9).scores(of: sequences(rows))
  }

  @Test("an n-gram counts as often as in the reference that has most of it")
  func clipping() {
    // "the the the the the the the" against "the cat is on the mat" and "there is a cat on the mat"
    // (Papineni et al.).
    let references = [[0, 1, 2, 3, 0, 4], [5, 2, 6, 1, 3, 0, 4]]
    let found = Self.scores([[0, 0, 0, 0, 0, 0, 0]], references: references)[0]
    #expect(abs(found[0] - 2.0 / 7) < 1e-12)
    // No pair of them occurs: 0.1 of six; it has the length of the nearest reference.
    #expect(abs(found[1] - (2.0 / 7 * 0.1 / 6).squareRoot()) < 1e-12)
  }

  @Test("precisions are averaged geometrically")
  func precisions() {
    // Tokens 3 of 4, pairs 2 of 3, triples 1 of 2, and none of one.
    let found = Self.scores([[1, 2, 3, 7]], references: [[0, 1, 2, 3]])[0]
    let p = [3.0 / 4, 2.0 / 3, 1.0 / 2, 0.1, 0.1]
    for n in 1...5 {
      let mean = pow(p[..<n].reduce(1, *), 1 / Double(n))
      #expect(abs(found[n - 1] - mean) < 1e-12)
    }
    #expect(
      Self.scores([[0, 1, 2, 3, 4, 5]], references: [[0, 1, 2, 3, 4, 5]])[0].allSatisfy {
        abs($0 - 1) < 1e-12
      })
    #expect(Self.scores([[7, 8]], references: [[0, 1]])[0] == [0, 0, 0, 0, 0])
    #expect(Self.scores([[]], references: [[0, 1]])[0] == [0, 0, 0, 0, 0])
  }

  @Test(
    "short sequences are punished by the nearest length, the shorter of two",
    arguments: [
      (2, [3], exp(1 - 3.0 / 2)), (4, [5, 3], 1), (3, [5, 2], 1), (3, [6, 4], exp(1 - 4.0 / 3)),
      (5, [5], 1), (6, [1], 1),
    ])
  func brevity(count: Int, lengths: [Int], penalty: Double) {
    let references = lengths.map { [Int](repeating: 0, count: $0) }
    let found = Self.scores([[Int](repeating: 0, count: count)], references: references)[0][0]
    let precision = min(1, Double(lengths.max() ?? 0) / Double(count))
    #expect(abs(found - precision * penalty) < 1e-12)
  }

  @Test("self-BLEU is that against all others")
  func others() {
    var generator = Philox(seed: 81)
    var rows = (0..<40).map { _ in
      (0..<Int.random(in: 1...8, using: &generator)).map { _ in
        Int.random(in: 0..<4, using: &generator)
      }
    }
    rows.append(rows[3])
    let found = BLEU(references: Self.sequences(rows), end: 9).selfScores()
    for (place, scores) in found.enumerated() {
      var others = rows
      others.remove(at: place)
      let exact = Self.scores([rows[place]], references: others)[0]
      for (a, b) in zip(scores, exact) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test("a reference that stands twice counts once, among thousands too")
  func repeatedReferences() {
    var generator = Philox(seed: 82)
    func some(_ count: Int) -> [Int] {
      (0..<count * 20).map { _ in Int.random(in: 0..<500, using: &generator) }
    }
    func classes(_ tokens: [Int]) -> Classes {
      Classes(Indices(tokens, shape: [tokens.count / 20, 20]), classCount: 500)
    }
    let (references, sample) = (some(5000), classes(some(1000)))
    let once = BLEU(references: classes(references)).scores(of: sample)
    #expect(BLEU(references: classes(references + references)).scores(of: sample) == once)
    #expect(once.contains { $0[1] > 0.5 })
  }
}
