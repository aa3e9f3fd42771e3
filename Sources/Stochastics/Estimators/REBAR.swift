public import Tensors

/// REBAR: REINFORCE with the relaxed cost as a control variate, made unbiased again.
///
/// (f(b) - η f(r(z~))) grad log q + η grad f(r(z)) - η grad f(r(z~)), where z gives b, z~ is drawn
/// given b, and r relaxes at a temperature. Scale η and temperature descend the variance of the
/// gradient itself.
///
/// - Bias: unbiased, whatever the scale and the temperature.
/// - Cost calls: three for each sample, two of them relaxed and differentiated.
/// - Requires: a cost differentiable at relaxed points, twice where scale and temperature are
///   trained.
/// - State: the log-temperature and η.
/// - Reference: Tucker, Mnih, Maddison, Lawson and Sohl-Dickstein (2017), REBAR.
public struct REBAR<Distribution: CoupledDistribution>: GradientEstimator {
  public let samples: Int
  /// Whether z~ equals z in value and differs in its path only; otherwise its noise is fresh.
  public let isCoupled: Bool
  public var logTemperature: Tensor
  public var scale: Tensor

  /// Traps unless `samples` and the temperature are positive.
  public init(
    temperature: Double = 0.5, scale: Scalar = 1, samples: Int = 1, isCoupled: Bool = true
  ) {
    require(samples > 0, "REBAR with \(samples) samples")
    requirePositive(temperature: temperature)
    self.samples = samples
    self.isCoupled = isCoupled
    logTemperature = Tensor(Scalar(temperature)).log()
    self.scale = Tensor(scale)
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { 3 * samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let noise = q.noise(samples, using: &generator)
    let fresh = isCoupled ? nil : q.noise(samples, using: &generator)
    return try expectation(
      over: q, noise: noise, conditionalNoise: fresh, using: &generator, cost)
  }

  /// The estimate of given noise.
  package mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, noise: Tensor, conditionalNoise: Tensor?, using generator: inout G,
    _ cost: (Distribution.Point, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let coupling = Coupling(q, noise: noise, conditionalNoise: conditionalNoise)
    let f = try cost(Distribution.point(coupling.sample), &generator)
    let relaxed = q.relax(
      coupling.perturbations, temperature: logTemperature.exp())
    let variates = try cost(relaxed, &generator) * scale
    let own = [logTemperature, scale]
    let estimate = coupling.estimate(
      costs: f, variates: variates, isDifferentiated: own.contains(where: \.isTracked))
    return f.mean(along: 0)
      .pulling(estimate.detached(), into: q.parameters)
      .carrying(varianceLoss(of: estimate, batchRank: q.batch.count, parameters: own))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("logTemperature", &logTemperature)
    visitor.visit("scale", &scale)
  }
}

extension GradientEstimator {
  /// REBAR, its temperature and scale trained on the variance.
  public static func rebar<D>(temperature: Double = 0.5, scale: Scalar = 1, samples: Int = 1)
    -> Self
  where Self == REBAR<D> {
    REBAR(temperature: temperature, scale: scale, samples: samples)
  }
}
