public import Tensors

/// CARMS: leave-one-out over coupled samples of categorical variables, each pair weighted by how
/// likely it was made.
///
/// The estimate is the mean over pairs of w (f - f')(z - z') / 2, where w = p(z) p(z') / P(z, z')
/// for each variable. With antithetic uniforms alone some pairs of classes never meet, and the
/// estimate would be biased; so each variable is antithetic with probability one half and
/// independent otherwise, which bounds w by two.
///
/// - Bias: unbiased.
/// - Cost calls: two for each pair, in one batch.
/// - Requires: categorical variables; any cost.
/// - State: none.
/// - Reference: Dimitriev and Zhou (2021), CARMS: categorical-antithetic-REINFORCE multi-sample
///   gradient estimator; the mixture is ours.
public struct CARMS: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Categorical

  public let pairs: Int

  /// Traps unless `pairs` is positive.
  public init(pairs: Int = 1) {
    require(pairs > 0, "CARMS with \(pairs) pairs")
    self.pairs = pairs
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Categorical) -> Int? { 2 * pairs }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Categorical, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Classes, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let shape = [pairs] + q.logits.shape.dropLast()
    let first = Tensor.randomUniform(shape, using: &generator)
    let other = Tensor.randomUniform(shape, using: &generator)
    let isMirrored = Tensor.randomUniform(shape, using: &generator) .< 0.5
    return try expectation(
      over: q, uniforms: (first, other), isMirrored: isMirrored, using: &generator, cost)
  }

  /// The estimate of given uniforms [pairs] + batch + [variables], of which the second is one less
  /// the first where it is mirrored.
  package func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Categorical, uniforms: (first: Tensor, other: Tensor), isMirrored: Tensor,
    using generator: inout G, _ cost: (Classes, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let (first, other) = uniforms
    // Below one, where the last class ends: rounded, the sums would end elsewhere.
    let second = select(isMirrored, minimum(1 - first, Tensor(Scalar(1).nextDown)), other)

    let sums = q.probabilities.detached().cumulativeSum(along: -1)
    let k = q.classCount
    let ends = sums / sums.sliced(along: sums.rank - 1, (k - 1)..<k)
    let classes = [first, second].map { q.classes(at: $0, ends: ends) }
    let z = concatenate(classes.map(\.values), along: 0)
    let f = try cost(q.classes(z), &generator)
    let costs = f.detached()
    let difference =
      costs.sliced(along: 0, 0..<pairs) - costs.sliced(along: 0, pairs..<(2 * pairs))

    // The mirrored rectangle: u in the first class's interval while 1 - u is in the second's.
    let (a, b) = (classes[0], classes[1])
    let overlap = maximum(
      minimum(a.end, 1 - b.start) - maximum(a.start, 1 - b.end), 0)
    let product = (a.end - a.start) * (b.end - b.start)
    let weights = product / ((overlap + product) * 0.5)

    let points = [a, b].map { q.classes($0.values).oneHot }
    let slopes =
      (points[0] - points[1])
      * (weights * difference.expandingDimensions(at: difference.rank) * 0.5)
      .expandingDimensions(at: weights.rank)
    return f.mean(along: 0).pulling(slopes.mean(along: 0), into: q.logits)
  }
}

extension Categorical {
  /// Classes as scalars, and the intervals of their uniforms.
  fileprivate func classes(at uniforms: Tensor, ends: Tensor) -> (
    values: Tensor, start: Tensor, end: Tensor
  ) {
    // The number of intervals that end at or before u, so that the one chosen is not empty.
    let values = (ends .<= uniforms.expandingDimensions(at: uniforms.rank)).sum(along: -1)
    let chosen = classes(values).oneHot
    let starts = ends.sliced(along: ends.rank - 1, 0..<(classCount - 1))
      .padded(along: ends.rank - 1, before: 1, to: classCount)
    return (values, (chosen * starts).sum(along: -1), (chosen * ends).sum(along: -1))
  }

  fileprivate func classes(_ values: Tensor) -> Classes {
    Classes(
      trusted: Indices(values.scalars.map { Int($0) }, shape: values.shape), classCount: classCount)
  }
}

extension GradientEstimator where Self == CARMS {
  /// Leave-one-out over coupled pairs of categorical samples.
  public static func carms(pairs: Int = 1) -> CARMS { CARMS(pairs: pairs) }
}
