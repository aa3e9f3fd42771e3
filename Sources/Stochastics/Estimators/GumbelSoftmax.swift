public import Tensors

/// Gumbel-Softmax: the gradient through relaxed samples, or through hard ones as if they were
/// relaxed.
///
/// Soft, the value is the relaxed objective, not the expectation of the cost at hard samples. Hard,
/// which is straight-through Gumbel-Softmax, the forward value is exactly one-hot, and its gradient
/// that of the relaxed sample of the same noise.
///
/// - Bias: biased, also for a linear cost; less as the temperature falls, while the variance grows.
/// - Cost calls: `samples`.
/// - Requires: a cost differentiable at relaxed points.
/// - State: the number of steps, which the temperature follows.
/// - Reference: Jang, Gu and Poole (2017), Categorical reparameterization with Gumbel-Softmax;
///   Maddison, Mnih and Teh (2017), The Concrete distribution.
public struct GumbelSoftmax<Distribution: PathwiseDistribution>: GradientEstimator {
  public let samples: Int
  /// The temperature of relaxed samples; for hard ones it is the temperature of the gradient alone.
  public let temperature: Temperature
  public let isHard: Bool
  private var step: Tensor = 0

  /// Traps unless `samples` is positive.
  public init(
    temperature: Temperature = 0.5, isHard: Bool = false, samples: Int = 1
  ) {
    require(samples > 0, "Gumbel-Softmax with \(samples) samples")
    self.samples = samples
    self.temperature = temperature
    self.isHard = isHard
  }

  public var bias: Bias { .biased }
  public var isRelaxed: Bool { !isHard }

  public func evaluations(over q: Distribution) -> Int? { samples }

  /// The temperature of the next call.
  public var currentTemperature: Double { temperature.value(at: Int(step.item)) }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let point = q.relaxed(
      samples, temperature: currentTemperature, isHard: isHard, using: &generator)
    let value = try cost(point, &generator).mean(along: 0)
    step = step + 1
    return value
  }

  /// The estimate of given noise [samples] + batch + event.
  package mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, noise: Tensor, using generator: inout G,
    _ cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.perturbation(noise)
    let relaxed = q.relax(
      z, temperature: Tensor(Scalar(currentTemperature)))
    let point =
      isHard
      ? Distribution.straightThrough(q.harden(z.detached()), gradientOf: relaxed)
      : relaxed
    let value = try cost(point, &generator).mean(along: 0)
    step = step + 1
    return value
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("step", &step, .tracked)
  }
}

extension GradientEstimator {
  /// The gradient through relaxed samples.
  public static func gumbelSoftmax<D>(
    temperature: Temperature = 0.5, samples: Int = 1
  ) -> Self where Self == GumbelSoftmax<D> {
    GumbelSoftmax(temperature: temperature, samples: samples)
  }

  /// The gradient through hard samples, as if they were relaxed.
  public static func straightThroughGumbelSoftmax<D>(
    temperature: Temperature = 0.5, samples: Int = 1
  ) -> Self where Self == GumbelSoftmax<D> {
    GumbelSoftmax(temperature: temperature, isHard: true, samples: samples)
  }
}
