public import Tensors

/// Unbiased gradient variance clipping: ``BitFlip`` for the nearly certain bits, ``DisARM`` for the
/// others.
///
/// DisARM has much variance where a bit hardly ever differs from its most probable value; BitFlip
/// where there are many bits. Each bit gets the one that suits it, from one sample.
///
/// - Bias: unbiased.
/// - Cost calls: three, in one batch.
/// - Requires: Bernoulli variables; any cost.
/// - State: none.
/// - Reference: Kunes, Yin, Land, Haviv, Pe'er and Tavaré (2022), Gradient estimation for binary
///   latent variables via gradient variance clipping.
public struct UGC: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Bernoulli

  /// Bits with min(p, 1 - p) below this are flipped; 1/(2n) where `nil`.
  public let threshold: Scalar?

  /// Traps unless the threshold is in 0...0.5; `nil` finds it by itself.
  public init(threshold: Scalar? = nil) {
    if let threshold {
      require(threshold >= 0 && threshold <= 0.5, "threshold \(threshold) is not in [0, 1/2]")
    }
    self.threshold = threshold
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Bernoulli) -> Int? { 3 }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let uniforms = Tensor.randomUniform([1] + q.logits.shape, using: &generator)
    let places = Tensor.randomUniform(q.batch, using: &generator)
    return try expectation(
      over: q, uniforms: uniforms, places: places, using: &generator, cost)
  }

  /// The estimate of given uniforms [1] + batch + [n] and uniforms [batch] that choose the bit to
  /// flip.
  package func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, uniforms: Tensor, places: Tensor, using generator: inout G,
    _ cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let pair = q.antitheticPair(uniforms)
    let certainty = q.certainty
    let least = threshold ?? 0.5 / Scalar(q.variableCount)
    let uncertainty = q.uncertainty
    let flippable = uncertainty .< Tensor(least)
    let chosen = flippable.choosing(places)
    let first = pair.first.sliced(along: 0, at: 0)
    let flipped = first + chosen * (1 - first * 2)
    let f = try cost(
      Bits(stack([first, pair.second.sliced(along: 0, at: 0), flipped])), &generator)
    let own = f.sliced(along: 0, 0..<2)
    let costs = f.detached()
    let antithetic =
      pair.halfDifference(of: costs.sliced(along: 0, 0..<2)) * pair.disagreement * certainty
    // Where the bit was one, f(first) - f(flipped) is the slope; where it was zero, its negative.
    let gain = costs.sliced(along: 0, at: 0) - costs.sliced(along: 0, at: 2)
    let flips =
      chosen * (first * 2 - 1) * certainty * uncertainty
      * flippable.sum(along: -1, keepingDimensions: true) * gain.expandingDimensions(at: gain.rank)
    let slopes = (1 - flippable) * antithetic.sliced(along: 0, at: 0) + flips
    return own.mean(along: 0).pulling(slopes, into: q.logits)
  }
}

extension GradientEstimator where Self == UGC {
  /// UGC: BitFlip-1 for the nearly certain bits, DisARM for the others.
  public static func ugc(threshold: Scalar? = nil) -> UGC { UGC(threshold: threshold) }
}
