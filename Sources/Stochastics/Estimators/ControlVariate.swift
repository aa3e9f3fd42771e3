public import Tensors

/// A function of the sample whose expectation is known.
public struct KnownExpectation<Distribution: DiscreteDistribution>: Sendable {
  /// h at each sample, of shape `[samples] + batch`.
  public let value: @Sendable (Distribution.Sample) -> Tensor
  /// E[h] under the distribution, of shape `batch`, tracked in the distribution's parameters: its gradient is needed.
  public let expectation: @Sendable (Distribution) -> Tensor

  public init(
    value: @escaping @Sendable (Distribution.Sample) -> Tensor,
    expectation: @escaping @Sendable (Distribution) -> Tensor
  ) {
    self.value = value
    self.expectation = expectation
  }
}

/// The general control variate: REINFORCE on f + a (h - E[h]), less a times the gradient of E[h].
///
/// The correction keeps the mean of the value by itself; the mean of the gradient only with its last term, since
/// grad E[h] = E[h grad log q]. Leaving that term out is the classic silent bias.
///
/// - Bias: unbiased for any h and any coefficient that does not depend on the sample.
/// - Cost calls: `samples`, and as many of h.
/// - Requires: any cost; E[h] differentiable in the distribution's parameters.
/// - State: running moments, if the coefficient is fitted.
/// - Reference: Ross, Simulation, ch. 9; Paisley, Blei and Jordan (2012), Variational Bayesian inference with stochastic search.
public struct ControlVariate<Distribution: DiscreteDistribution>: BlackBoxGradientEstimator {
  /// Where the coefficient a comes from.
  public enum Coefficient: Sendable {
    case fixed(Scalar)
    /// -Cov(f, h) / Var(h), from moments of earlier calls.
    case fitted(decay: Scalar)
  }

  public let samples: Int
  public let coefficient: Coefficient
  private let h: KnownExpectation<Distribution>
  /// The mean of f, the covariance of f and h, the variance of h.
  private var moments: Tensor = .zeros([3])

  public init(
    _ h: KnownExpectation<Distribution>, coefficient: Coefficient = .fitted(decay: 0.99),
    samples: Int = 1
  ) {
    precondition(samples > 0, "a control variate with \(samples) samples")
    if case .fitted(let decay) = coefficient {
      precondition(decay > 0 && decay < 1, "decay \(decay) is not in (0, 1)")
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
      let (covariance, variance) = (moments.scalars[1], moments.scalars[2])
      return variance > 0 ? -covariance / variance : 0
    }
  }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let f = try cost(z, &generator)
    // Both terms stay tracked: whatever else h depends on, its gradient has mean zero only if both carry it.
    let correction = h.value(z) - h.expectation(q)
    let corrected = f + correction * currentCoefficient
    advance(costs: f.detached(), corrections: correction.detached())
    return corrected.scored(by: q.logProbability(z), weight: corrected).mean(along: 0)
  }

  private mutating func advance(costs: Tensor, corrections: Tensor) {
    guard case .fitted(let decay) = coefficient else { return }
    let mean = moments.scalars[0]
    let seen = stack([
      costs.mean(), ((costs - mean) * corrections).mean(), corrections.squared().mean(),
    ])
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
