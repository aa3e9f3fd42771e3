public import Tensors

/// Neural variational inference and learning: REINFORCE on the centered, normalized learning
/// signal.
///
/// The signal is f - c - C(x): c a running mean, C a network of the context trained by squared
/// error. It is divided by max(1, s), s a running standard deviation. In a deep model every layer
/// has an estimator of its own and its cost holds only the terms that layer can change: calling one
/// estimator inside the cost of another gives these local signals.
///
/// The paper prints an "objective" with c and C inside; that is the learning signal. The objective
/// is E[f], and c and C only ever descend the squared error.
///
/// - Bias: unbiased without the normalization; with it the mean is scaled by 1 / max(1, s), layer
///   by layer.
/// - Cost calls: `samples`.
/// - Requires: any cost; a context if there is a network.
/// - State: c and s, and the weights of the network.
/// - Reference: Mnih and Gregor (2014), Neural variational inference and learning in belief
///   networks.
public struct NVIL<Distribution: DiscreteDistribution>: BlackBoxGradientEstimator {
  public let samples: Int
  /// The weight of the past in the running mean and variance.
  public let decay: Scalar
  public let centersSignal: Bool
  public let normalizesVariance: Bool
  public var network: NetworkBaseline?
  private var center: Tensor = 0
  /// The running variance up to the call before the last.
  private var variance: Tensor = 0
  /// Of the signals of the last call: their variance, their mean and its square.
  ///
  /// The variance of a batch is not the mean of those of its parts. But the means of these three
  /// over the parts tell it: that within the parts, and that between their means.
  private var moments: Tensor = .zeros([3])

  /// Traps unless `samples` is positive and the decay is between 0 and 1.
  ///
  /// - Parameters:
  ///   - network: C(x), or `nil` for none.
  ///   - centersSignal: whether c is subtracted.
  ///   - normalizesVariance: whether the signal is divided by max(1, s).
  public init(
    network: NetworkBaseline?, samples: Int = 1, decay: Scalar = 0.8, centersSignal: Bool = true,
    normalizesVariance: Bool = true
  ) {
    require(samples > 0, "NVIL with \(samples) samples")
    require(decay > 0 && decay < 1, "decay \(decay) is not in (0, 1)")
    self.network = network
    self.samples = samples
    self.decay = decay
    self.centersSignal = centersSignal
    self.normalizesVariance = normalizesVariance
  }

  public var bias: Bias { normalizesVariance ? .biased : .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  /// The factor by which the next call scales the signal, and so the mean of the gradient.
  public var scale: Scalar {
    normalizesVariance ? 1 / max(1, runningVariance.item.squareRoot()) : 1
  }

  /// The running variance of the signals of all calls.
  private var runningVariance: Tensor {
    let (within, mean, square) = (
      moments.sliced(along: 0, at: 0), moments.sliced(along: 0, at: 1),
      moments.sliced(along: 0, at: 2)
    )
    // Of one part the last two cancel exactly.
    let between = maximum(square - mean.squared(), Tensor(0))
    return variance * decay + (within + between) * (1 - decay)
  }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    require(
      network == nil || context != nil, "NVIL with a baseline network needs a context")
    let z = q.sample(samples, using: &generator)
    let f = try cost(z, &generator)
    let centered = centersSignal ? f.detached() - center : f.detached()
    let predictions = network?.values(for: centered, given: context?.detached()) ?? 0
    let signal = centered - predictions.detached()
    let scaled = normalizesVariance ? signal * scale : signal
    advance(signal)
    return f.scored(by: q.logProbability(z), weight: scaled)
      .mean(along: 0)
      .carrying(centered.regressionLoss(of: predictions))
  }

  private mutating func advance(_ signal: Tensor) {
    let mean = signal.mean()
    if normalizesVariance {
      variance = runningVariance
      moments = stack([(signal - mean).squared().mean(), mean, mean.squared()])
    }
    if centersSignal { center = center + mean * (1 - decay) }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("centre", &center, .tracked)
    visitor.visit("variance", &variance, .tracked)
    visitor.visit("moments", &moments, .tracked)
    visitor.visit("network", &network)
  }
}

extension GradientEstimator {
  /// NVIL with its baseline network, or without one.
  public static func nvil<D>(network: NetworkBaseline?, samples: Int = 1) -> Self
  where Self == NVIL<D> {
    NVIL(network: network, samples: samples)
  }
}
