public import Tensors

extension Bernoulli: VectorDistribution, CoupledDistribution {
  public var parameters: Tensor { logits }

  public func with(parameters: Tensor) -> Bernoulli { Bernoulli(logits: parameters) }

  /// Standard logistic noise.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    .randomLogistic([count] + logits.shape, using: &generator)
  }

  public func perturbation(_ noise: Tensor) -> Tensor { logits + noise }

  public func harden(_ perturbation: Tensor) -> Bits { Bits(perturbation.step()) }

  /// The logistic function of perturbation over temperature.
  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Tensor {
    (perturbation / temperature).sigmoid()
  }

  /// z given that it is positive where the bit is one, and negative where it is zero.
  ///
  /// With s = 2b - 1 and logistic noise l, z = s softplus(s l + softplus(s logit)). Nothing is
  /// formed in probability space.
  public func conditional(on sample: Bits, noise: Tensor) -> Tensor {
    let sign = sample.tensor * 2 - 1
    return sign * (sign * noise + (sign * logits).softplus()).softplus()
  }

  public func conditionalNoise(of perturbation: Tensor, given sample: Bits) -> Tensor {
    let sign = sample.tensor * 2 - 1
    // The inverse of softplus is x + log(1 - exp(-x)).
    let size = maximum(sign * perturbation, Tensor(Scalar.leastNormalMagnitude))
    return sign * (size + (-size).log1mExp() - (sign * logits).softplus())
  }

  public var meanPoint: Tensor { mean }

  public static var eventRank: Int { 1 }

  public static func jacobian(at mean: Tensor, times vector: Tensor) -> Tensor {
    mean * (1 - mean) * vector
  }
}

extension Tensor {
  /// log(x / (1 - x)) for x in (0, 1).
  package func logit() -> Tensor { log() - (-self).log1p() }
}
