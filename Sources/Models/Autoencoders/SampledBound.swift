public import Stochastics
public import Tensors

/// How a bound is estimated at hard samples alone, by any law that infers latents and has a
/// log-probability.
public enum SampledBound<Posterior: DiscreteDistribution>: ObjectiveEstimators {
  /// E_q[log p(x, z) - log q(z | x)].
  case expectation(any BlackBoxGradientEstimator<Posterior>)
  /// E[log mean exp] of log p(x, z) - log q(z | x).
  case multiSample(any BoundEstimator<Posterior>)

  public var objective: Objective {
    switch self {
    case .expectation: .bound
    case .multiSample(let estimator): .multiSampleBound(estimator.samples)
    }
  }

  public var first: (any Sendable)? {
    switch self {
    case .expectation(let estimator): estimator
    case .multiSample(let estimator): estimator
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    switch self {
    case .expectation(var estimator):
      visitor.visit("0", &estimator)
      self = .expectation(estimator)
    case .multiSample(var estimator):
      visitor.visit("0", &estimator)
      self = .multiSample(estimator)
    }
  }

  /// The negative bound, of shape `batch`, with the gradient.
  ///
  /// - Parameters:
  ///   - context: what baselines may look at, `batch + features`.
  ///   - logLikelihood: log p(x | z) of latents, [samples] + batch.
  mutating func negativeBound<Latents, G: RandomNumberGenerator>(
    posterior q: Posterior, prior: Prior<Latents>, given context: Tensor?,
    using generator: inout G,
    _ logLikelihood: (_ z: Latents.Sample, inout G) -> Tensor
  ) -> Tensor where Latents.Sample == Posterior.Sample {
    switch self {
    case .expectation(var estimator):
      let value = estimator.expectation(
        over: q, given: context, using: &generator,
        ofBlackBox: { (z: Posterior.Sample, generator: inout G) -> Tensor in
          // The score of log q inside the cost has mean zero, so it is left out of the gradient.
          q.logProbability(z).detached() - prior.logProbability(z) - logLikelihood(z, &generator)
        })
      self = .expectation(estimator)
      return value
    case .multiSample(var estimator):
      let value = estimator.bound(
        over: q, given: context, using: &generator,
        ofLogWeight: { (z: Posterior.Sample, generator: inout G) -> Tensor in
          prior.logProbability(z) - q.logProbability(z) + logLikelihood(z, &generator)
        })
      self = .multiSample(estimator)
      return -value
    }
  }
}
