import RealModule
public import Tensors

extension NeuralSort {
  /// The matrix itself, `batch + [n, n]`: rows are places, columns are items, each row on the
  /// simplex.
  ///
  /// Differentiable, also twice. What ``apply(to:)`` does with it needs far less.
  ///
  /// - Complexity: O(n²) time and memory.
  public var matrix: Tensor {
    let (n, count, inverse) = (sorted.itemCount, sorted.sequenceCount, 1 / temperature)
    let values = sorted.scores.scalars.map { Double($0) }
    let weights = Tensor(shape: sorted.scores.shape + [n]) { buffer in
      for b in 0..<count {
        let items = sorted.order.values[(b * n)..<(b * n + n)].map { Int($0) }
        let s = items.map { values[b * n + $0] }
        for i in 0..<n {
          // From the diagonal outwards D grows by odd multiples of the gaps.
          var row = [Double](repeating: 0, count: n)
          for r in stride(from: i + 1, to: n, by: 1) {
            row[r] = row[r - 1] + Double(2 * (r - i) - 1) * (s[r - 1] - s[r])
          }
          for r in stride(from: i - 1, through: 0, by: -1) {
            row[r] = row[r + 1] + Double(2 * (i - r) - 1) * (s[r] - s[r + 1])
          }
          row = row.map { Double.exp(-$0 * inverse) }
          let total = row.reduce(0, +)
          for r in 0..<n { buffer[(b * n + i) * n + items[r]] = Scalar(row[r] / total) }
        }
      }
    }
    let plain = detached()
    return weights.recording(sorted.scores) { context in
      let weighted = context.cotangent * context.output
      let slopes = weighted - context.output * weighted.sum(along: -1, keepingDimensions: true)
      return [plain.scoreCotangent(ofLogits: slopes)]
    }
  }

  /// The gradient of the scores from that of the logits, whose rows sum to zero.
  ///
  /// (Σ_i 2 (m_j - i) g_ij - Σ_k sign(s_j - s_k) Σ_i g_ik) / τ with m_j the place of item j, the
  /// middle one among equals.
  private func scoreCotangent(ofLogits slopes: Tensor) -> Tensor {
    let n = sorted.itemCount
    let scores = sorted.scores.detached()
    let signs = (scores.expandingDimensions(at: -1) - scores.expandingDimensions(at: -2)).sign()
    // n + 1 - 2 m_j is the sum of an item's signs.
    let middles = (Scalar(n + 1) - signs.sum(along: -1)) * 0.5
    let places = Tensor((0..<n).map { Scalar($0 + 1) }).expandingDimensions(at: -1)
    let distances = middles.expandingDimensions(at: -2) - places
    let columns = slopes.sum(along: -2)
    let moved = (slopes * distances).sum(along: -2) * 2
    let pulled = signs.matmul(columns.expandingDimensions(at: -1)).reshaped(columns.shape)
    return (moved - pulled) * Scalar(1 / temperature)
  }

  /// The cotangents of scores and payload in operations that can be differentiated in their turn.
  func composedCotangents(_ cotangent: Tensor, payload: Tensor, rows: Int, width: Int) -> [Tensor?]
  {
    let n = sorted.itemCount
    let weights = matrix.sliced(along: -2, 0..<rows)
    let given = cotangent.reshaped(sorted.batch + [rows, width])
    let rowsOfPayload = payload.reshaped(sorted.batch + [n, width])
    let weighted = weights * given.matmul(rowsOfPayload.transposed())
    let slopes = weighted - weights * weighted.sum(along: -1, keepingDimensions: true)
    return [
      scoreCotangent(ofLogits: slopes.padded(along: -2, before: 0, to: n)),
      weights.transposed().matmul(given).reshaped(payload.shape),
    ]
  }

  /// The cotangent of the scores from that of the cross-entropy, in operations that can be
  /// differentiated.
  func composedCotangent(ofEntropy cotangent: Tensor, ranks: Indices) -> Tensor {
    let n = sorted.itemCount
    let items = Indices(shape: ranks.shape) { buffer in
      for (place, rank) in ranks.values.enumerated() {
        buffer[place] = sorted.order.values[place - place % n + Int(rank)]
      }
    }
    let slopes = matrix - items.oneHot(classes: n)
    return scoreCotangent(ofLogits: slopes * cotangent.expandingDimensions(at: -1))
  }
}

extension Tensor {
  /// Logits (n + 1 - 2i) s_j - Σ_k |s_j - s_k| of the items j of scores batch + [n] at the places
  /// i, batch + [n, n].
  ///
  /// The published form, which loses the digits that gaps keep.
  package var neuralSortLogits: Tensor {
    let n = shape[rank - 1]
    let leading = Array(shape.dropLast())
    let columns = reshaped(leading + [1, n])
    let differences = (reshaped(leading + [n, 1]) - columns).abs().sum(along: -2)
    let factors = Tensor((0..<n).map { Scalar(n - 1 - 2 * $0) }, shape: [n, 1])
    return factors * columns - differences.reshaped(leading + [1, n])
  }
}
