public import Tensors

/// RELAX: REBAR with a learned critic in place of the relaxed cost, for any cost.
///
/// (f(b) - c(z~)) grad log q + grad c(z) - grad c(z~), where z gives b and z~ is drawn given b. The
/// critic c is a network of the relaxed perturbation, trained to lower the variance of the gradient
/// itself; it starts at zero, where RELAX is REINFORCE.
///
/// - Bias: unbiased, whatever the critic.
/// - Cost calls: `samples`, at hard samples only.
/// - Requires: any cost; a context if the critic has one.
/// - State: the critic.
/// - Reference: Grathwohl, Choi, Wu, Roeder and Duvenaud (2018), Backpropagation through the void.
public struct RELAX<Distribution: CoupledDistribution>: BlackBoxGradientEstimator {
  public let samples: Int
  /// Whether z~ equals z in value and differs in its path only; otherwise its noise is fresh.
  public let isCoupled: Bool
  public var critic: Critic

  /// Traps unless `samples` is positive.
  public init(critic: Critic, samples: Int = 1, isCoupled: Bool = true) {
    require(samples > 0, "RELAX with \(samples) samples")
    self.samples = samples
    self.isCoupled = isCoupled
    self.critic = critic
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let noise = q.noise(samples, using: &generator)
    let fresh = isCoupled ? nil : q.noise(samples, using: &generator)
    return try expectation(
      over: q, given: context, noise: noise, conditionalNoise: fresh, using: &generator, cost)
  }

  /// The estimate of given noise.
  package mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, noise: Tensor, conditionalNoise: Tensor?,
    using generator: inout G, _ cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let coupling = Coupling(q, noise: noise, conditionalNoise: conditionalNoise)
    let f = try cost(coupling.sample, &generator)
    let relaxed = q.relax(
      coupling.perturbations, temperature: critic.logTemperature.exp()
    ).features
    let variates = critic(
      relaxed, eventRank: relaxed.rank - 1 - q.batch.count, given: context?.detached())
    var own: [Tensor] = []
    critic.forEachParameter { tensor, role in if role == .trained { own.append(tensor) } }
    let estimate = coupling.estimate(
      costs: f, variates: variates, isDifferentiated: own.contains(where: \.isTracked))
    return f.mean(along: 0)
      .pulling(estimate.detached(), into: q.parameters)
      .carrying(varianceLoss(of: estimate, batchRank: q.batch.count, parameters: own))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("critic", &critic)
  }
}

extension GradientEstimator {
  /// RELAX with a critic.
  public static func relax<D>(critic: Critic, samples: Int = 1) -> Self where Self == RELAX<D> {
    RELAX(critic: critic, samples: samples)
  }
}
