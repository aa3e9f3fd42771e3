public import Tensors

/// BitFlip-1: one bit, chosen at random, is set to one and to zero, and the difference is its
/// gradient.
///
/// With j uniform over n bits the gradient in logit j is n p_j (1 - p_j) (f(b, b_j = 1) - f(b,
/// b_j = 0)), and zero elsewhere: much variance from the choice of j, none from bit j itself. Good
/// where bits are nearly certain.
///
/// - Bias: unbiased.
/// - Cost calls: two, in one batch.
/// - Requires: Bernoulli variables; any cost.
/// - State: none.
/// - Reference: Kunes, Yin, Land, Haviv, Pe'er and Tavaré (2022), Gradient estimation for binary
///   latent variables via gradient variance clipping.
public struct BitFlip: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Bernoulli

  public init() {}

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Bernoulli) -> Int? { 2 }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let bits = q.sample(1, using: &generator).tensor.sliced(along: 0, at: 0)
    let places = Tensor.randomUniform(q.batch, using: &generator)
    return try expectation(over: q, bits: bits, places: places, using: &generator, cost)
  }

  /// The estimate of given bits batch + [n] and uniforms [batch] that choose among them.
  package func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, bits: Tensor, places: Tensor, using generator: inout G,
    _ cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let n = Scalar(q.variableCount)
    let chosen = Tensor.ones(bits.shape).choosing(places)
    let others = bits * (1 - chosen)
    let f = try cost(Bits(stack([others + chosen, others])), &generator)
    let (one, zero) = (f.sliced(along: 0, at: 0), f.sliced(along: 0, at: 1))
    let logits = q.logits.detached()
    let ones = chosen * logits.sigmoid()
    // One less the mean would round the small probability of a nearly certain bit away.
    let zeros = (-logits).sigmoid()
    let difference = (one - zero).detached()
    let slopes = ones * zeros * (difference * n).expandingDimensions(at: difference.rank)
    // The value is summed over the chosen bit.
    return (one * ones.sum(along: -1) + zero * (chosen * zeros).sum(along: -1))
      .pulling(slopes, into: q.logits)
  }
}

extension Tensor {
  /// One-hot rows: of the ones of each row along the last axis, the one at the share `places`, in
  /// (0, 1), of their number.
  ///
  /// A row of zeros stays one.
  func choosing(_ places: Tensor) -> Tensor {
    let count = sum(along: -1)
    let rank = (places * count).floor().expandingDimensions(at: count.rank)
    return self * ((cumulativeSum(along: -1) - 1) .== rank)
  }
}

extension GradientEstimator where Self == BitFlip {
  /// BitFlip-1: the exact slope along one random bit.
  public static func bitFlip() -> BitFlip { BitFlip() }
}
