public import Tensors

/// Implicit maximum-likelihood estimation: the best state of perturbed scores, and the best state
/// after a step down the cost.
///
/// z is the best state of s + G, z' that of s + G - λ f'(z); the estimate is (z - z') / λ. It needs
/// nothing but a solver for the best state. The value is the cost under the law of z, which is not
/// the Gibbs law of s.
///
/// - Bias: biased.
/// - Cost calls: `samples`, each differentiated.
/// - Requires: a cost differentiable at hard samples.
/// - State: none.
/// - Reference: Niepert, Minervini and Franceschi (2021), Implicit MLE: Backpropagating through
///   discrete exponential family distributions.
public struct IMLE<Distribution: ScoredDistribution>: GradientEstimator, Stateless {
  public let samples: Int
  /// λ, the size of the step down the cost.
  public let step: Scalar
  /// The factor of the Gumbel noise.
  public let noise: Scalar

  /// Traps unless `samples` and `step` are positive and the noise is 0 or above.
  public init(step: Scalar = 1, noise: Scalar = 1, samples: Int = 1) {
    require(
      samples > 0 && step > 0 && noise >= 0,
      "I-MLE with \(samples) samples, a step of \(step) and noise of \(noise)")
    (self.samples, self.step, self.noise) = (samples, step, noise)
  }

  public var bias: Bias { .biased }

  /// Its states have a law of their own.
  public var isRelaxed: Bool { true }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let scores = q.naturalParameters.detached()
    let perturbed =
      scores + Tensor.randomGumbel([samples] + scores.shape, using: &generator) * noise
    let z = Distribution.point(q.mode(of: perturbed)).variable()
    let f = try cost(z, &generator)
    let slope = gradients(of: f, withRespectTo: [z])[0]
    let target = Distribution.point(q.mode(of: perturbed - slope * step))
    return f.mean(along: 0)
      .pulling(((z.detached() - target) / step).mean(along: 0), into: q.naturalParameters)
  }
}

extension GradientEstimator {
  /// The difference of best states before and after a step down the cost.
  public static func imle<D>(step: Scalar = 1, noise: Scalar = 1, samples: Int = 1) -> Self
  where Self == IMLE<D> {
    IMLE(step: step, noise: noise, samples: samples)
  }
}
