public import Tensors

/// Gumbel-Rao: straight-through Gumbel-Softmax with its gradient averaged over noise that gives the
/// same hard sample.
///
/// The forward value is hard; backward the derivative of the softmax is averaged over conditional
/// perturbations. The cost is still called once for each sample, so the smaller variance is nearly
/// free.
///
/// - Bias: biased, with the mean of straight-through Gumbel-Softmax.
/// - Cost calls: `samples`.
/// - Requires: a differentiable cost.
/// - State: where the temperature follows a schedule, the number of steps.
/// - Reference: Paulus, Maddison and Krause (2021), Rao-Blackwellizing the straight-through
///   Gumbel-Softmax gradient estimator.
public struct GumbelRao<Distribution: VectorDistribution & CoupledDistribution>: GradientEstimator {
  public let samples: Int
  /// Conditional perturbations for each sample.
  public let inner: Int
  public let temperature: Temperature
  private var step: Tensor = 0

  /// Traps unless `samples` and `inner` are positive.
  public init(temperature: Temperature = 0.5, inner: Int = 10, samples: Int = 1) {
    require(samples > 0 && inner > 0, "Gumbel-Rao with \(inner) draws for \(samples) samples")
    self.samples = samples
    self.inner = inner
    self.temperature = temperature
  }

  public var bias: Bias { .biased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.harden(q.perturbation(q.noise(samples, using: &generator)).detached())
    let fixed = q.with(parameters: q.parameters.detached())
    let temperature = Tensor(Scalar(temperature.value(at: Int(step.item))))
    var relaxed: Tensor = 0
    for _ in 0..<inner {
      let noise = q.noise(samples, using: &generator)
      // The noise that the conditional perturbation implies is held; only the relaxation is
      // differentiated.
      let given = fixed.conditional(on: z, noise: noise)
        .passingGradient(to: q.perturbation(noise))
      relaxed = relaxed + q.relax(given, temperature: temperature)
    }
    let point = Distribution.straightThrough(z, gradientOf: relaxed / Scalar(inner))
    let value = try cost(point, &generator).mean(along: 0)
    step = step + 1
    return value
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    if !temperature.isConstant { visitor.visit("step", &step, .tracked) }
  }
}

extension GradientEstimator {
  /// Straight-through Gumbel-Softmax with its gradient averaged over conditional noise.
  public static func gumbelRao<D>(
    temperature: Temperature = 0.5, inner: Int = 10, samples: Int = 1
  ) -> Self where Self == GumbelRao<D> {
    GumbelRao(temperature: temperature, inner: inner, samples: samples)
  }
}
