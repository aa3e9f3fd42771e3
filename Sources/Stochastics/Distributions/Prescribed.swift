public import Tensors

/// A distribution whose samples have been drawn already: actions of an episode, or every possible
/// draw one after the other.
///
/// The log-probabilities are those of the base, and noise is drawn given the samples. With one
/// batch entry for every possible draw, an estimator's exact mean is the sum of its results
/// weighted by the probabilities of the draws.
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
    // The word that a sample takes.
    _ = generator.next()
    return samples
  }

  public func logProbability(_ sample: Base.Sample) -> Tensor { base.logProbability(sample) }

  public static func point(_ sample: Base.Sample) -> Base.Point { Base.point(sample) }
}

extension Prescribed: EnumerableDistribution where Base: EnumerableDistribution {
  public var stateCount: Int? { base.stateCount }

  public func states() -> Base.Sample { base.states() }
}

extension Prescribed: PathwiseDistribution, CoupledDistribution where Base: CoupledDistribution {
  public var parameters: Tensor { base.parameters }

  public func with(parameters: Tensor) -> Prescribed {
    Prescribed(base: base.with(parameters: parameters), samples: samples)
  }

  /// Noise whose perturbation hardens to the samples, by the exact law given them.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let fixed = base.with(parameters: base.parameters.detached())
    let fresh = fixed.noise(count, using: &generator)
    let shift = fixed.perturbation(.zeros(like: fresh))
    // No noise moves what is certain.
    let isFinite = (shift .> Tensor(-Scalar.infinity)) * (Tensor(Scalar.infinity) .> shift)
    return select(isFinite, fixed.conditional(on: samples, noise: fresh) - shift, 0)
  }

  public func perturbation(_ noise: Tensor) -> Tensor { base.perturbation(noise) }

  public func conditional(on sample: Base.Sample, noise: Tensor) -> Tensor {
    base.conditional(on: sample, noise: noise)
  }

  public func conditionalNoise(of perturbation: Tensor, given sample: Base.Sample) -> Tensor {
    base.conditionalNoise(of: perturbation, given: sample)
  }

  public func score(of sample: Base.Sample) -> Tensor { base.score(of: sample) }

  public func harden(_ perturbation: Tensor) -> Base.Sample { base.harden(perturbation) }

  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Base.Point {
    base.relax(perturbation, temperature: temperature)
  }

  public static func straightThrough(
    _ sample: Base.Sample, gradientOf relaxed: Base.Point
  ) -> Base.Point {
    Base.straightThrough(sample, gradientOf: relaxed)
  }
}

extension Prescribed: VectorDistribution where Base: VectorDistribution & CoupledDistribution {
  public static func jacobian(at mean: Tensor, times vector: Tensor) -> Tensor {
    Base.jacobian(at: mean, times: vector)
  }
}
