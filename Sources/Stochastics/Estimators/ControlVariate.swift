public import Tensors

/// A function of the sample whose expectation is known.
public struct KnownExpectation<Distribution: DiscreteDistribution>: Sendable {
  /// h at each sample, of shape `[samples] + batch`.
  public let value: @Sendable (Distribution.Sample) -> Tensor
  /// E[h] under the distribution, of shape `batch`, tracked in the distribution's parameters: its
  /// gradient is needed.
  public let expectation: @Sendable (Distribution) -> Tensor

  public init(
    value: @escaping @Sendable (Distribution.Sample) -> Tensor,
    expectation: @escaping @Sendable (Distribution) -> Tensor
  ) {
    self.value = value
    self.expectation = expectation
  }
}

/// The general control variate: the mean of (f + a h) grad log q, less a times the gradient of
/// E[h].
///
/// The value is f + a (h - E[h]), whose mean is that of f. The gradient keeps its mean only with
/// the last term, since grad E[h] = E[h grad log q]: leaving it out is the classic silent bias.
/// With h = 1 this is a constant baseline; with h = f and a = -1 nothing random is left.
///
/// - Bias: unbiased for any h and any coefficient that does not depend on the sample.
/// - Cost calls: `samples`, and as many of h.
/// - Requires: any cost; E[h] differentiable in the distribution's parameters.
/// - State: running moments, if the coefficient is fitted.
/// - Reference: Ross, Simulation, ch. 9; Paisley, Blei and Jordan (2012), Variational Bayesian
///   inference with stochastic search.
public struct ControlVariate<Distribution: DiscreteDistribution>: BlackBoxGradientEstimator {
  /// Where the coefficient a comes from.
  public enum Coefficient: Sendable {
    case fixed(Scalar)
    /// -E[f h] / E[h^2] from earlier calls: the least second moment of f + a h, which multiplies
    /// the score.
    case fitted(decay: Scalar)
  }

  public let samples: Int
  public let coefficient: Coefficient
  private let h: KnownExpectation<Distribution>
  /// Running means of f h and of h^2.
  private var moments: Tensor = .zeros([2])

  /// Traps unless `samples` is positive and the decay of a fitted coefficient is between 0 and 1.
  public init(
    _ h: KnownExpectation<Distribution>, coefficient: Coefficient = .fitted(decay: 0.99),
    samples: Int = 1
  ) {
    require(samples > 0, "a control variate with \(samples) samples")
    if case .fitted(let decay) = coefficient {
      require(decay > 0 && decay < 1, "decay \(decay) is not in (0, 1)")
    }
    self.h = h
    self.coefficient = coefficient
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  /// The coefficient the next call will use.
  public var currentCoefficient: Scalar {
    switch coefficient {
    case .fixed(let value): return value
    case .fitted:
      let (product, square) = (moments.scalars[0], moments.scalars[1])
      return square > 0 ? -product / square : 0
    }
  }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let f = try cost(z, &generator)
    let variate = h.value(z)
    let a = currentCoefficient
    let signal = f.detached() + variate.detached() * a
    advance(costs: f.detached(), variates: variate.detached())
    // h and E[h] both stay tracked: whatever else h depends on, its gradient has mean zero only if
    // both carry it.
    return (f + (variate - h.expectation(q)) * a)
      .scored(by: q.logProbability(z), weight: signal)
      .mean(along: 0)
  }

  private mutating func advance(costs: Tensor, variates: Tensor) {
    guard case .fitted(let decay) = coefficient else { return }
    let seen = stack([(costs * variates).mean(), variates.squared().mean()])
    moments = moments * decay + seen * (1 - decay)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("moments", &moments, .tracked)
  }
}

extension GradientEstimator {
  /// REINFORCE with a control variate of known expectation.
  public static func controlVariate<D>(
    _ h: KnownExpectation<D>,
    coefficient: ControlVariate<D>.Coefficient = .fitted(decay: 0.99), samples: Int = 1
  ) -> Self where Self == ControlVariate<D> {
    ControlVariate(h, coefficient: coefficient, samples: samples)
  }
}
