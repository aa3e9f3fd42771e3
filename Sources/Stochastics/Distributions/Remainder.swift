public import Tensors

/// A distribution given that its state is none of some.
///
/// A batch entry without another state of positive probability has samples of log-probability
/// -infinity, which are the first excluded state.
public struct Remainder<Base: DistinctSampling>: DiscreteDistribution {
  public let base: Base
  public let excluded: Base.Sample
  /// The log-probability under the base that a state is not excluded, of shape `batch`.
  public let logMass: Tensor

  public init(of base: Base, excluding excluded: Base.Sample) {
    self.base = base
    self.excluded = excluded
    logMass = base.logProbability(excluding: excluded)
  }

  /// One where a state is left, else zero.
  var isPossible: Tensor { logMass.detached() .> Tensor(-Scalar.infinity) }

  public var batch: [Int] { base.batch }

  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Base.Sample
  {
    base.sample(count, excluding: excluded, using: &generator)
  }

  public func logProbability(_ sample: Base.Sample) -> Tensor {
    select(
      isPossible, base.logProbability(sample) - select(isPossible, logMass, 0),
      Tensor(-Scalar.infinity))
  }

  public static func point(_ sample: Base.Sample) -> Base.Point { Base.point(sample) }
}
