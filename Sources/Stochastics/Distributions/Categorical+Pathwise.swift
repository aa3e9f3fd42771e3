public import Tensors

extension Categorical: VectorDistribution, CoupledDistribution {
  public var parameters: Tensor { logits }

  public func with(parameters: Tensor) -> Categorical { Categorical(logits: parameters) }

  /// Standard Gumbel noise.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    .randomGumbel([count] + logits.shape, using: &generator)
  }

  /// Log-probabilities plus noise: the normalized logits, so that a shift of the logits changes
  /// nothing.
  public func perturbation(_ noise: Tensor) -> Tensor { logits.logSoftmax(along: -1) + noise }

  public func harden(_ perturbation: Tensor) -> Classes {
    let count = perturbation.shape[perturbation.rank - 1]
    return Classes(trusted: perturbation.argmax(along: -1), classCount: count)
  }

  /// The softmax of perturbation over temperature.
  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Tensor {
    (perturbation / temperature).softmax(along: -1)
  }

  /// In one pass over memory: a shift of the logits changes nothing, so that they are not
  /// normalized first.
  public func relaxed(
    _ count: Int, temperature: Double, isHard: Bool,
    using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    logits.gumbelSoftmax(
      count, temperature: Scalar(temperature), isHard: isHard, key: generator.next())
  }

  /// Gumbels moved by the log-probabilities, given which class has the largest.
  ///
  /// With Gumbel noise g the largest is g itself, and any other -log(exp(-g_max) + exp(-g_i) /
  /// p_i).
  public func conditional(on sample: Classes, noise: Tensor) -> Tensor {
    let chosen = sample.oneHot
    let logs = logits.logSoftmax(along: -1)
    let largest = (chosen * noise).sum(along: -1, keepingDimensions: true)
    let possible = logs.detached() .> Tensor(-Scalar.infinity)
    let own = select(possible, logs, 0) + noise
    // log(e^a + e^b) with a = -largest and b = -own.
    let truncated = largest - (largest - own).softplus()
    let others = select(possible, truncated, Tensor(-Scalar.infinity))
    return select(chosen, largest.broadcast(to: others.shape), others)
  }

  public func conditionalNoise(of perturbation: Tensor, given sample: Classes) -> Tensor {
    let chosen = sample.oneHot
    let logs = logits.logSoftmax(along: -1)
    let largest = perturbation.max(along: -1, keepingDimensions: true)
    let gap = minimum(perturbation - largest, Tensor(-Scalar.leastNormalMagnitude))
    let possible = (logs .> Tensor(-Scalar.infinity)) * (1 - chosen)
    let others = select(possible, perturbation - gap.log1mExp() - logs, 0)
    return select(chosen, largest.broadcast(to: others.shape), others)
  }

  public var meanPoint: Tensor { probabilities }

  public static var eventRank: Int { 2 }

  public static func jacobian(at mean: Tensor, times vector: Tensor) -> Tensor {
    mean * (vector - (mean * vector).sum(along: -1, keepingDimensions: true))
  }
}
