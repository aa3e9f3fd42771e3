import SwiftDiscrete

/// Expressions as one batch, the shorter ones padded.
struct Sentences: Sendable {
  /// Most words of a sentence.
  static let longest = 40

  let lengths: [Int]
  /// `[sentences, words]`.
  let tokens: Indices
  /// `[sentences]`.
  let values: Indices
  /// The token that each token hangs on, 0 for the root.
  let heads: [[Int]]
  /// Which tokens are arguments of an operator.
  let isArgument: [[Bool]]

  init(_ expressions: some Collection<ListOps>) {
    let rows = expressions.map(\.tokens)
    let longest = rows.map(\.count).max() ?? 0
    let end = ListOps.vocabulary.count - 1
    lengths = rows.map(\.count)
    tokens = Indices(
      rows.flatMap { $0 + Array(repeating: end, count: longest - $0.count) },
      shape: [rows.count, longest])
    values = Indices(expressions.map(\.value), shape: [rows.count])
    heads = expressions.map(\.heads)
    isArgument = zip(rows, heads).map { zip($0, $1).map { $0 != end && $1 > 0 } }
  }

  var count: Int { lengths.count }
  /// The words of the longest sentence.
  var words: Int { tokens.shape[1] }

  /// 1 for a word and 0 for padding, `[sentences, words]`.
  var mask: Tensor {
    Tensor(
      lengths.flatMap { length in (0..<words).map { $0 < length ? 1 : 0 } }, shape: tokens.shape)
  }

  /// For each place of a sentence that is read from its end, the place among the rows of
  /// `[words, sentences]`; padding stays where it is.
  var reversal: Indices {
    Indices(
      (0..<words).flatMap { word in
        lengths.enumerated().map { row, length in
          (word < length ? length - 1 - word : word) * count + row
        }
      }, shape: [words, count])
  }

  /// The true arcs, `[sentences, words + 1, words]`.
  var arcs: Tensor {
    Tensor(shape: [count, words + 1, words]) { buffer in
      buffer.update(repeating: 0)
      for (row, heads) in heads.enumerated() {
        for (word, head) in heads.enumerated() {
          buffer[(row * (words + 1) + head) * words + word] = 1
        }
      }
    }
  }

  /// How many of the arguments hang on their operator, and how many arguments there are, given
  /// arcs `[sentences, words + 1, words]`.
  func rightArguments(of arcs: Tensor) -> (right: Int, all: Int) {
    let values = arcs.scalars
    var (right, all) = (0, 0)
    for row in 0..<count {
      for (word, head) in heads[row].enumerated() where isArgument[row][word] {
        all += 1
        if values[(row * (words + 1) + head) * words + word] > 0.5 { right += 1 }
      }
    }
    return (right, all)
  }
}
