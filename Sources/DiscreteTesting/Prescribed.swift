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

extension Prescribed: EnumerableDistribution where Base: EnumerableDistribution {
  public var stateCount: Int? { base.stateCount }

  public func states() -> Base.Sample { base.states() }
}

extension Prescribed: PathwiseDistribution where Base: PathwiseDistribution {
  public var parameters: Tensor { base.parameters }

  public func with(parameters: Tensor) -> Prescribed {
    Prescribed(base: base.with(parameters: parameters), samples: samples)
  }

  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    base.noise(count, using: &generator)
  }

  public func perturbation(_ noise: Tensor) -> Tensor { base.perturbation(noise) }

  public static func harden(_ perturbation: Tensor) -> Base.Sample { Base.harden(perturbation) }

  public static func relax(_ perturbation: Tensor, temperature: Tensor) -> Base.Point {
    Base.relax(perturbation, temperature: temperature)
  }

  public static func straightThrough(
    _ sample: Base.Sample, gradientOf relaxed: Base.Point
  ) -> Base.Point {
    Base.straightThrough(sample, gradientOf: relaxed)
  }
}

extension Prescribed: VectorDistribution where Base: VectorDistribution {
  public var meanPoint: Tensor { base.meanPoint }

  public static var eventRank: Int { Base.eventRank }

  public static func jacobian(at mean: Tensor, times vector: Tensor) -> Tensor {
    Base.jacobian(at: mean, times: vector)
  }
}
