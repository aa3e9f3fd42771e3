public import Tensors

/// DisARM, also known as U2G: an antithetic pair of samples, with the noise that does not matter
/// averaged out.
///
/// b and b' come from one uniform u and from 1 - u; where they differ the gradient in that logit is
/// (f(b) - f(b')) (-1)^b' sigmoid(|logit|) / 2. It is ARM averaged over the uniforms that give the
/// same pair, so its variance is never larger.
///
/// - Bias: unbiased.
/// - Cost calls: two for each pair, in one batch.
/// - Requires: Bernoulli variables; any cost.
/// - State: none.
/// - Reference: Dong, Mnih and Tucker (2020), DisARM; Yin, Ho, Yan, Qian and Zhou (2020),
///   Probabilistic best subset selection.
public struct DisARM: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Bernoulli

  public let pairs: Int

  /// Traps unless `pairs` is positive.
  public init(pairs: Int = 1) {
    require(pairs > 0, "DisARM with \(pairs) pairs")
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
    let slopes = pair.halfDifference(of: f.detached()) * pair.disagreement * q.certainty
    return f.mean(along: 0).pulling(slopes.mean(along: 0), into: q.logits)
  }
}

extension GradientEstimator where Self == DisARM {
  /// DisARM, which is U2G: antithetic pairs of Bernoulli samples.
  public static func disARM(pairs: Int = 1) -> DisARM { DisARM(pairs: pairs) }
}
