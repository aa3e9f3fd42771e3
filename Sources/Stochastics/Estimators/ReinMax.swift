public import Tensors

/// ReinMax: straight-through corrected to second order.
///
/// One estimate is (2 J((z + p) / 2) - J(p) / 2) f'(z): Heun's rule where straight-through is
/// Euler's.
///
/// - Bias: biased, but for costs that are at most quadratic in each variable.
/// - Cost calls: `samples`.
/// - Requires: a differentiable cost.
/// - State: none.
/// - Reference: Liu, Dong, Liu, Yu and Gao (2023), Bridging discrete and backpropagation:
///   straight-through and beyond.
public struct ReinMax<Distribution: VectorDistribution>: GradientEstimator, Stateless {
  public let samples: Int

  /// Traps unless `samples` is positive.
  public init(samples: Int = 1) {
    require(samples > 0, "ReinMax with \(samples) samples")
    self.samples = samples
  }

  public var bias: Bias { .biased }

  public func evaluations(over q: Distribution) -> Int? { samples }

  public mutating func expectation<G: RandomNumberGenerator, E: Error>(
    over q: Distribution, given context: Tensor?, using generator: inout G,
    of cost: (Tensor, inout G) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let z = Distribution.point(q.sample(samples, using: &generator))
    let mean = q.meanPoint.detached()
    let parameters = q.parameters.broadcast(to: z.shape)
    let point = z.recording([parameters]) { context in
      let middle = Distribution.jacobian(at: (z + mean) * 0.5, times: context.cotangent)
      return [middle * 2 - Distribution.jacobian(at: mean, times: context.cotangent) * 0.5]
    }
    return try cost(point, &generator).mean(along: 0)
  }
}

extension GradientEstimator {
  /// ReinMax: straight-through, corrected to second order.
  public static func reinMax<D>(samples: Int = 1) -> Self where Self == ReinMax<D> {
    ReinMax(samples: samples)
  }
}
