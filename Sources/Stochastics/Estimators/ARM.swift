public import Tensors

/// ARM, augment-REINFORCE-merge: (f(b') - f(b)) (u - 1/2) with an antithetic pair b, b' from one
/// uniform u.
///
/// ``DisARM`` averages out what u adds beyond the pair, and is never worse.
///
/// - Bias: unbiased.
/// - Cost calls: two for each pair, in one batch.
/// - Requires: Bernoulli variables; any cost.
/// - State: none.
/// - Reference: Yin and Zhou (2019), ARM: augment-REINFORCE-merge gradient for stochastic binary
///   networks.
public struct ARM: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Bernoulli

  public let pairs: Int

  /// Traps unless `pairs` is positive.
  public init(pairs: Int = 1) {
    require(pairs > 0, "ARM with \(pairs) pairs")
    self.pairs = pairs
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Bernoulli) -> Int? { 2 * pairs }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let uniforms = Tensor.randomUniform([pairs] + q.logits.shape, using: &generator)
    return try expectation(over: q, uniforms: uniforms, using: &generator, cost)
  }

  /// The estimate of given uniforms [pairs] + batch + [n].
  package func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, uniforms: Tensor, using generator: inout G,
    _ cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let pair = q.antitheticPair(uniforms)
    let f = try cost(pair.both, &generator)
    let slopes = pair.halfDifference(of: f.detached()) * (1 - uniforms * 2)
    return f.mean(along: 0).pulling(slopes.mean(along: 0), into: q.logits)
  }
}

extension GradientEstimator where Self == ARM {
  /// ARM: antithetic pairs of Bernoulli samples, weighted by their uniforms.
  public static func arm(pairs: Int = 1) -> ARM { ARM(pairs: pairs) }
}
