import CKernels

/// The weights of the arcs of a graph with all vertices but the root taken out.
///
/// Each column, the arcs into one vertex, is divided by its largest weight. A weight that falls
/// below the smallest number is lost, which is far below rounding unless all others into a vertex
/// are tiny; then there is no value.
struct EliminatedWeights: Sendable {
  let logNormalizer: Double
  private let vertexCount: Int
  private let parts: [Int]
  private let partCount: Int
  /// The weights as they were, and after the elimination.
  private let weights: [Double]
  private let eliminated: [Double]
  private let inflows: [Double]

  /// - Parameter parts: the part of the arc from head h to modifier m at h · vertices + m, -1 for
  ///   none.
  init?(_ scores: [Double], vertices n: Int, parts: [Int], partCount: Int) {
    var inflows = [Double](repeating: 0, count: n)
    var logs = 0.0
    var weights = [Double](unsafeUninitializedCapacity: n * n) { weights, count in
      if let base = weights.baseAddress { logs = dk_arc_weights(n, parts, scores, base, &inflows) }
      count = n * n
    }
    guard logs > -.infinity else { return nil }
    self.weights = weights
    let sum = dk_eliminate(n, &weights, &inflows)
    guard sum.isFinite else { return nil }
    (vertexCount, self.parts, self.partCount) = (n, parts, partCount)
    (eliminated, self.inflows, logNormalizer) = (weights, inflows, logs + sum)
  }

  /// The probability of each part.
  var marginals: [Double] {
    var slopes = [Double](repeating: 0, count: weights.count)
    dk_eliminate_back(vertexCount, eliminated, inflows, &slopes)
    var result = [Double](repeating: 0, count: partCount)
    for place in parts.indices where parts[place] >= 0 {
      result[parts[place]] += slopes[place] * weights[place]
    }
    return result
  }
}
