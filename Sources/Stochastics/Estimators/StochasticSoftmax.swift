public import Tensors

/// The stochastic softmax trick: the marginals of scores with Gumbel noise, over a temperature, in
/// place of samples.
///
/// The point is mu((s + G) / t), between the states; as t falls it tends to the state with the
/// largest perturbed score. The law of that state is not the Gibbs law of s, so that neither value
/// nor gradient is that of the Gibbs law at any temperature.
///
/// - Bias: biased.
/// - Cost calls: `samples`.
/// - Requires: a cost differentiable at relaxed points.
/// - State: the number of steps, which the temperature follows.
/// - Reference: Paulus, Choi, Tarlow, Krause and Maddison (2020), Gradient estimation with
///   stochastic softmax tricks.
public struct StochasticSoftmax<Distribution: ScoredDistribution>: GradientEstimator {
  public let samples: Int
  public let temperature: Temperature
  private var step: Tensor = 0

  /// Traps unless `samples` is positive.
  public init(temperature: Temperature = 0.5, samples: Int = 1) {
    require(samples > 0, "the stochastic softmax trick with \(samples) samples")
    (self.samples, self.temperature) = (samples, temperature)
  }

  public var bias: Bias { .biased }
  public var isRelaxed: Bool { true }

  public func evaluations(over q: Distribution) -> Int? { samples }

  /// The temperature of the next call.
  public var currentTemperature: Double { temperature.value(at: Int(step.item)) }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let scores = q.naturalParameters
    let noise = Tensor.randomGumbel([samples] + scores.shape, using: &generator)
    let relaxed = q.with(naturalParameters: (scores + noise) / Scalar(currentTemperature))
    let value = try cost(relaxed.meanPoint, &generator).mean(along: 0)
    step = step + 1
    return value
  }

  /// KL of the noise at the scores to the noise at zero, summed over the parts, in nats, of the
  /// shape of the batch: s + exp(-s) - 1 for each.
  ///
  /// It bounds the divergence of the perturbed states from those of equal scores. It says nothing
  /// of the Gibbs law, whose divergence is exact: ``Gibbs/klDivergenceToUniform()``. Parts that are
  /// forbidden have none.
  public static func noiseDivergence(of q: Distribution) -> Tensor {
    let scores = q.naturalParameters
    let finite = scores.detached().isFinite()
    let each = select(finite, scores, 0)
    return Distribution.dot(select(finite, each + (-each).exp() - 1, 0), .ones(scores.shape))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("step", &step, .tracked)
  }
}

extension GradientEstimator {
  /// The gradient at marginals of perturbed scores.
  public static func stochasticSoftmax<D>(
    temperature: Temperature = 0.5, samples: Int = 1
  ) -> Self where Self == StochasticSoftmax<D> {
    StochasticSoftmax(temperature: temperature, samples: samples)
  }
}
