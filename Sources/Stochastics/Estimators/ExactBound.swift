public import Tensors

/// The bound by enumeration of all K-tuples of states: the oracle.
public struct ExactBound<Distribution: EnumerableDistribution>: BoundEstimator, Stateless {
  public let samples: Int

  /// Traps unless `samples` is positive.
  public init(samples: Int) {
    require(samples > 0, "a bound with \(samples) samples")
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  /// - Complexity: states to the power of `samples`.
  public mutating func bound<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofLogWeight logWeight: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let states = q.states()
    let scores = q.logProbability(states)
    // A state of probability zero contributes nothing, though its weight is infinite.
    let possible = scores.detached() .> Tensor(-Scalar.infinity)
    let weights = select(possible, try logWeight(states, &generator), 0)
    let count = weights.shape[0]
    var tuples = [[Int]](repeating: [], count: 1)
    for _ in 0..<samples { tuples = tuples.flatMap { tuple in (0..<count).map { tuple + [$0] } } }
    return tuples.map { tuple in
      let chosen = Indices(tuple, shape: [samples])
      let mass = scores.gathering(chosen, along: 0).sum(along: 0).exp()
      return mass * weights.gathering(chosen, along: 0).logMeanExp()
    }.reduce(Tensor(0), +)
  }
}
