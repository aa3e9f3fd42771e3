public import Tensors

/// ARMS: leave-one-out over K coupled samples that repel each other.
///
/// The uniforms are 1 - (1 - d)^(K - 1) of a uniform point d on the simplex, so that two samples
/// agree less often than independent ones. The leave-one-out gradient of each logit is divided by
/// how much less: the factor is p (1 - p) / (p - P11), P11 the probability that both are one. Two
/// samples make it ``DisARM``.
///
/// - Bias: unbiased.
/// - Cost calls: `samples`, in one batch.
/// - Requires: Bernoulli variables; any cost; two samples or more.
/// - State: none.
/// - Reference: Dimitriev and Zhou (2021), ARMS: antithetic-REINFORCE-multi-sample gradient for
///   binary variables.
public struct ARMS: BlackBoxGradientEstimator, Stateless {
  public typealias Distribution = Bernoulli

  public let samples: Int

  /// Traps unless there are two samples or more.
  public init(samples: Int = 4) {
    require(samples > 1, "ARMS with \(samples) samples, two are needed")
    self.samples = samples
  }

  public var bias: Bias { .unbiased }

  public func evaluations(over q: Bernoulli) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Bernoulli, given context: Tensor?, using generator: inout G,
    ofBlackBox cost: (Bits, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let uniforms = Tensor.repellingUniforms([samples] + q.logits.shape, using: &generator)
    let mean = q.mean.detached()
    let bits = uniforms .< mean
    let f = try cost(Bits(bits), &generator)
    let costs = f.detached()
    let centered = costs - costs.meanOfOthers()
    let score = (bits - mean) * factor(q.logits.detached())
    let slopes = (centered.expandingDimensions(at: centered.rank) * score).mean(along: 0)
    return f.mean(along: 0).pulling(slopes, into: q.logits)
  }

  /// p (1 - p) / (p - P11) of logits, without cancellation.
  private func factor(_ logits: Tensor) -> Tensor {
    let m = Scalar(samples - 1)
    // (1 - x)^m = 1 - p and, where 2x < 1, p - P11 = (1 - x)^m - (1 - 2x)^m; 1 - p cancels from the
    // ratio.
    let a = -logits.softplus() / m
    let x = -a.expm1()
    let overlaps = (x * 2) .< 1
    let b = (-select(overlaps, x, 0) * 2).log1p()
    let p = -(a * m).expm1()
    let repelled = -((b - a) * m).expm1()
    let ratio = p / select(repelled .> 0, repelled, 1)
    return select(overlaps, select(repelled .> 0, ratio, 1), p)
  }
}

extension Tensor {
  /// Uniform variates along the first axis, of two or more, that repel each other:
  /// 1 - (1 - d)^(K - 1) of uniform points d on the simplex.
  static func repellingUniforms(
    _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let weights = Tensor.randomExponential(shape, using: &generator)
    let share = weights / weights.sum(along: 0, keepingDimensions: true)
    return -((-share).log1p() * Scalar(shape[0] - 1)).expm1()
  }
}

extension GradientEstimator where Self == ARMS {
  /// Leave-one-out over samples that repel each other.
  public static func arms(samples: Int = 4) -> ARMS { ARMS(samples: samples) }
}
