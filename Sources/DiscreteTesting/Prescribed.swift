public import Stochastics
public import Tensors

/// A distribution whose samples are prescribed, so that the randomness of an estimator can be summed out.
///
/// The log-probabilities are those of the base. With one batch entry for every possible draw, an estimator's exact mean is the sum of
/// its results weighted by the probabilities of the draws.
public struct Prescribed<Base: DiscreteDistribution>: DiscreteDistribution {
  public let base: Base
  public let samples: Base.Sample

  public init(base: Base, samples: Base.Sample) {
    self.base = base
    self.samples = samples
  }

  public var batch: [Int] { base.batch }

  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Base.Sample
  {
    samples
  }

  public func logProbability(_ sample: Base.Sample) -> Tensor { base.logProbability(sample) }

  public static func point(_ sample: Base.Sample) -> Base.Point { Base.point(sample) }
}

/// A family of distributions over few states, all of whose draws of k samples can be listed.
public struct DrawList<Base: EnumerableDistribution>: Sendable {
  /// The distribution of given parameters with a batch of `count` equal entries.
  public let distribution: @Sendable (_ parameters: Tensor, _ count: Int) -> Base
  /// The states at [k, count] places, as a sample of shape [k, count] + event.
  public let samples: @Sendable (_ places: [[Int]]) -> Base.Sample
  public let stateCount: Int

  public init(
    stateCount: Int, distribution: @escaping @Sendable (Tensor, Int) -> Base,
    samples: @escaping @Sendable ([[Int]]) -> Base.Sample
  ) {
    self.stateCount = stateCount
    self.distribution = distribution
    self.samples = samples
  }

  /// The exact mean of an estimator's gradient at `parameters`: every draw of k samples, weighted by its probability.
  ///
  /// - Complexity: `stateCount` to the power of k draws, in one call of the estimator.
  public func exactMean<Estimator: BlackBoxGradientEstimator, G: RandomNumberGenerator>(
    of estimator: Estimator, samples k: Int, at parameters: Tensor, given context: Tensor? = nil,
    using generator: inout G, cost: (Base.Sample) -> Tensor
  ) -> Tensor where Estimator.Distribution == Prescribed<Base> {
    var count = 1
    for _ in 0..<k { count *= stateCount }
    let places = (0..<k).map { sample in
      (0..<count).map { draw in
        (0..<sample).reduce(draw) { rest, _ in rest / stateCount } % stateCount
      }
    }
    let drawn = samples(places)
    let variable = parameters.variable()
    let base = distribution(variable, count)
    let weights = base.logProbability(drawn).detached().sum(along: 0).exp()
    var estimator = estimator
    let context = context.map { $0.broadcast(to: [count] + $0.shape) }
    let results = estimator.expectation(
      over: Prescribed(base: base, samples: drawn), given: context, using: &generator,
      ofBlackBox: { (sample: Base.Sample, _: inout G) -> Tensor in cost(sample) })
    return gradients(of: (results * weights).sum(), withRespectTo: [variable])[0]
  }
}
