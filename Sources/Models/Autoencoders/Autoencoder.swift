public import Stochastics
public import Tensors

/// A model of binary data with one layer of discrete latents, a network that infers them and one
/// that decodes them.
public protocol Autoencoder: LatentVariableModel {
  /// The law of latents without a network between them.
  associatedtype Latents: LatentLaw
  /// The law of latents given an example.
  associatedtype Posterior: DiscreteDistribution where Posterior.Sample == Latents.Sample

  /// The law of latents before any data are seen.
  var prior: Prior<Latents> { get }

  /// q(z | x), of batch [batch].
  func posterior(given x: Bits) -> Posterior

  /// p(x | z) for what a decoder sees of latents, [..., scalars of an event].
  func likelihood(given features: Tensor) -> Bernoulli
}

extension Autoencoder {
  public func logWeights(
    of x: Bits, samples: Int, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let q = posterior(given: x)
    let z = q.sample(samples, using: &generator)
    return likelihood(given: Latents.features(hard: z)).logProbability(x)
      + prior.logProbability(z) - q.logProbability(z)
  }

  public func reconstructions(
    of x: Bits, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let z = posterior(given: x).sample(1, using: &generator)
    return likelihood(given: Latents.features(hard: z)).mean.reshaped(x.shape)
  }

  public func samples(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let z = prior.sample(count, using: &generator)
    return likelihood(given: Latents.features(hard: z)).mean
  }
}
