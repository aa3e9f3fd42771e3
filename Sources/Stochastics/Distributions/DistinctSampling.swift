public import Tensors

/// Draws distinct states: sampling without replacement.
public protocol DistinctSampling: DiscreteDistribution {
  /// The first `count` distinct states, in the order in which repeated sampling would find them,
  /// [count] + batch + event.
  ///
  /// By Gumbel top-k: states with the largest log-probability plus Gumbel. Traps if there are fewer
  /// states.
  func sampleDistinct(_ count: Int, using generator: inout some RandomNumberGenerator) -> Sample

  /// The `count` most probable states, best first, [count] + batch + event. Traps if there are
  /// fewer states.
  func likeliest(_ count: Int) -> Sample

  /// One state for each sample and batch entry that is none of `states`, [samples] + batch + event,
  /// by their own law given that.
  ///
  /// Where no other state has a positive probability, the first of `states` takes the place of one.
  func sample(
    _ count: Int, excluding states: Sample, using generator: inout some RandomNumberGenerator
  ) -> Sample

  /// The log-probability that a state is none of `states`, of shape `batch`, differentiable in the
  /// parameters.
  ///
  /// -infinity where no other state has a positive probability. It keeps its digits where `states`
  /// hold nearly all of the mass, and so is not the logarithm of one less their sum.
  func logProbability(excluding states: Sample) -> Tensor
}
