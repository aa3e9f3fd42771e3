public import Tensors

/// ReMax: REINFORCE whose baseline is the cost of the likeliest state.
///
/// - Bias: unbiased: the likeliest state does not depend on the sample.
/// - Cost calls: `samples` and one at the likeliest state.
/// - Requires: any cost; a law that knows its likeliest state.
/// - State: none.
/// - Reference: Li et al. (2024), ReMax: A simple, effective, and efficient reinforcement learning
///   method for aligning large language models.
public struct ReMax<Distribution: ModalDistribution>: BlackBoxGradientEstimator, Stateless {
  public let samples: Int

  /// Traps unless `samples` is positive.
  public init(samples: Int = 1) {
    require(samples > 0, "ReMax with \(samples) samples")
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Distribution) -> Int? { samples + 1 }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Distribution.Sample, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = q.sample(samples, using: &generator)
    let f = try cost(z, &generator)
    let greedy = try cost(q.mode(), &generator).detached()
    return f.scored(by: q.logProbability(z), weight: f.detached() - greedy).mean(along: 0)
  }
}

extension GradientEstimator {
  /// REINFORCE with the cost of the likeliest state as its baseline.
  public static func reMax<D>(samples: Int = 1) -> Self where Self == ReMax<D> {
    ReMax(samples: samples)
  }
}
