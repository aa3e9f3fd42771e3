public import Stochastics
public import Tensors

/// How an autoencoder's bound is estimated: which part of it is in closed form, and who calls the
/// rest.
///
/// log q of a relaxed point is not a probability of a class, so that an estimator that relaxes fits
/// the closed form only, and the type says so.
public enum BoundEstimation<Latents: LatentLaw>: ObjectiveEstimators {
  /// KL(q || p) in closed form, or the entropy alone where the prior is a network; the rest by any
  /// estimator.
  case analytic(any GradientEstimator<Latents>)
  /// E_q[log p(x, z) - log q(z | x)], the divergence sampled with the rest, by an estimator at hard
  /// samples.
  case sampled(any BlackBoxGradientEstimator<Latents>)
  /// E[log mean exp] of log p(x, z) - log q(z | x).
  case multiSample(any BoundEstimator<Latents>)

  public var objective: Objective {
    switch self {
    case .analytic(let estimator): estimator.isRelaxed ? .relaxedBound : .bound
    case .sampled: .bound
    case .multiSample(let estimator): .multiSampleBound(estimator.samples)
    }
  }

  public var first: (any Sendable)? {
    switch self {
    case .analytic(let estimator): estimator
    case .sampled(let estimator): estimator
    case .multiSample(let estimator): estimator
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    switch self {
    case .analytic(var estimator):
      visitor.visit("0", &estimator)
      self = .analytic(estimator)
    case .sampled(var estimator):
      visitor.visit("0", &estimator)
      self = .sampled(estimator)
    case .multiSample(var estimator):
      visitor.visit("0", &estimator)
      self = .multiSample(estimator)
    }
  }

  /// The negative bound, of shape `batch`, with the gradient.
  ///
  /// - Parameters:
  ///   - context: what baselines may look at, `batch + features`.
  ///   - logLikelihood: log p(x | z) of what a decoder sees of latents, [samples] + batch.
  mutating func negativeBound<G: RandomNumberGenerator>(
    posterior q: Latents, prior: Prior<Latents>, given context: Tensor?, using generator: inout G,
    _ logLikelihood: (_ features: Tensor, inout G) -> Tensor
  ) -> Tensor {
    switch self {
    case .analytic(var estimator):
      let value = estimator.expectation(
        over: q, given: context, using: &generator,
        of: { (point: Tensor, generator: inout G) -> Tensor in
          let cost = -logLikelihood(Latents.features(point), &generator)
          return prior.network == nil ? cost : cost - prior.logProbability(at: point)
        })
      self = .analytic(estimator)
      return value
        + (prior.network == nil ? q.klDivergence(to: prior.distribution) : -q.entropy())
    case .sampled(var estimator):
      let value = estimator.expectation(
        over: q, given: context, using: &generator,
        ofBlackBox: { (z: Latents.Sample, generator: inout G) -> Tensor in
          // The score of log q inside the cost has mean zero, so it is left out of the gradient.
          q.logProbability(z).detached() - prior.logProbability(z)
            - logLikelihood(Latents.features(hard: z), &generator)
        })
      self = .sampled(estimator)
      return value
    case .multiSample(var estimator):
      let value = estimator.bound(
        over: q, given: context, using: &generator,
        ofLogWeight: { (z: Latents.Sample, generator: inout G) -> Tensor in
          prior.logProbability(z) - q.logProbability(z)
            + logLikelihood(Latents.features(hard: z), &generator)
        })
      self = .multiSample(estimator)
      return -value
    }
  }
}
