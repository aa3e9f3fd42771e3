public import Tensors

/// SparseMAP: the exact expectation under the sparse law whose mean is nearest to the scores.
///
/// That mean is the projection of the scores on the convex hull of the states, a mix of few of
/// them: an active-set loop finds these by the best state of what the scores have beyond the mean.
/// The cost is called at each of them, and the gradient of their weights is exact. The mean is
/// unique, the states need not be: where two states would extend the mix alike, rounding says which
/// comes in, and the expectation of a cost that is not linear may jump from scores to scores
/// nearby.
///
/// - Bias: biased as an estimate for the Gibbs law; exact, without variance, for the sparse one.
/// - Cost calls: as many as the largest support of the batch.
/// - Requires: any cost.
/// - State: none.
/// - Reference: Niculae, Martins, Blondel and Cardie (2018), SparseMAP: Differentiable sparse
///   structured inference; Wolfe (1976), Finding the nearest point in a polytope.
public struct SparseMAP<Distribution: ScoredDistribution>: BlackBoxGradientEstimator, Stateless {
  public init() {}

  public var bias: Bias { .biased }

  /// Its states have a law of their own.
  public var isRelaxed: Bool { true }

  /// `nil`: it depends on the scores.
  public func evaluations(over q: Distribution) -> Int? { nil }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let mixtures = Self.mixtures(of: q)
    let (rows, parts) = (mixtures.count, q.naturalParameters.shape.last ?? 1)
    let count = mixtures.map(\.weights.count).max() ?? 0
    var (bits, weights) = (
      [Scalar](repeating: 0, count: count * rows * parts),
      [Scalar](repeating: 0, count: count * rows)
    )
    for (row, mixture) in mixtures.enumerated() {
      for place in 0..<count {
        // Padding is a state too, of weight zero.
        for part in mixture.states[place < mixture.states.count ? place : 0] {
          bits[(place * rows + row) * parts + part] = 1
        }
        if place < mixture.weights.count {
          weights[place * rows + row] = Scalar(mixture.weights[place])
        }
      }
    }
    let shape = [count] + q.batch
    let z = Bits(Tensor(bits, shape: shape + [parts]))
    let f = try cost(z, &generator)
    let costs = f.detached().scalars
    var slopes = [Scalar](repeating: 0, count: rows * parts)
    for (row, mixture) in mixtures.enumerated() {
      let own = mixture.states.indices.map { Double(costs[$0 * rows + row]) }
      for (part, slope) in mixture.slopes(of: own) { slopes[row * parts + part] += Scalar(slope) }
    }
    return (f * Tensor(weights, shape: shape)).sum(along: 0)
      .pulling(
        Tensor(slopes, shape: q.naturalParameters.shape), into: q.naturalParameters)
  }

  /// The sparse law of each entry of the batch.
  ///
  /// - Complexity: a best state for each state that enters a support.
  private static func mixtures(of q: Distribution) -> [SparseMixture] {
    let scores = q.naturalParameters.detached()
    let parts = scores.shape.last ?? 1
    let values = scores.scalars.map { Double($0) }
    var mixtures = (0..<(values.count / max(1, parts))).map {
      SparseMixture(scores: Array(values[($0 * parts)..<(($0 + 1) * parts)]))
    }
    while mixtures.contains(where: { !$0.isFinished }) {
      let directions = Tensor(
        mixtures.flatMap { $0.direction.map { Scalar($0) } }, shape: scores.shape)
      let best = q.mode(of: directions).tensor.scalars
      let before = mixtures
      mixtures = concurrentMap(before.count) { row in
        var mixture = before[row]
        guard !mixture.isFinished else { return mixture }
        mixture.add((0..<parts).filter { best[row * parts + $0] != 0 })
        return mixture
      }
    }
    return mixtures
  }
}

extension GradientEstimator {
  /// The exact expectation under the sparse law nearest to the scores.
  public static func sparseMAP<D>() -> Self where Self == SparseMAP<D> { SparseMAP() }
}
