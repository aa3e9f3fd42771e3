import Stochastics
import Tensors
import Testing

/// Derivatives against central differences; sharp in double precision only.
@Suite struct DistributionGradientTests {
  static let point = Tensor(
    [0.3, -1.1, 0.8, 2, -0.4, 0, 1.2, -0.7, 0.5, -2, 0.1, 0.9], shape: [2, 2, 3])
  static let other = Tensor([1, 0.2, -0.6, 0.4, -1.3, 0.7], shape: [2, 3])
  static let weights = Tensor([0.7, -1.3])

  @Test("Bernoulli: log-probability, entropy and both sides of the divergence")
  func bernoulli() {
    let other = Bernoulli(logits: Self.other)
    let here = Bernoulli(logits: Self.point)
    let states = here.states()
    let weights = Tensor((0..<32).map { Scalar($0 % 7) - 3 }, shape: [8, 2, 2])
    for body: (Tensor) -> Tensor in [
      { Bernoulli(logits: $0).logProbability(states) * weights },
      {
        Bernoulli(logits: $0).logProbabilities(states) * weights.reshaped([8, 2, 2, 1])
      },
      { Bernoulli(logits: $0).entropy() },
      { Bernoulli(logits: $0).klDivergence(to: other) },
      { here.klDivergence(to: Bernoulli(logits: $0)) },
    ] {
      #expect(Numerics.gradientError(at: Self.point, body) < Numerics.gradientTolerance)
    }
  }

  @Test("Categorical: log-probability, entropy and both sides of the divergence")
  func categorical() {
    let other = Categorical(logits: Self.other)
    let here = Categorical(logits: Self.point)
    let states = here.states()
    let weights = Tensor((0..<18).map { Scalar($0 % 7) - 3 }, shape: [9, 2])
    for body: (Tensor) -> Tensor in [
      { Categorical(logits: $0).logProbability(states) * weights },
      { Categorical(logits: $0).logProbabilities(states) * weights.reshaped([9, 2, 1]) },
      { Categorical(logits: $0).entropy() },
      { Categorical(logits: $0).klDivergence(to: other) },
      { here.klDivergence(to: Categorical(logits: $0)) },
    ] {
      #expect(Numerics.gradientError(at: Self.point, body) < Numerics.gradientTolerance)
    }
  }

  @Test("Gumbel: functions of a value, by the value, and samples by the parameters")
  func gumbel() {
    let g = Gumbel(location: 0.5, scale: 1.5)
    let x = Tensor([-1, 0, 0.7, 3])
    for body: (Tensor) -> Tensor in [
      { g.logDensity($0) }, { g.cumulative($0) }, { g.logCumulative($0) }, { g.survival($0) },
      { g.quantile($0.sigmoid()) }, { g.upperQuantile($0.sigmoid()) },
      { g.standardExponential(of: $0) },
      {
        var generator = Philox(seed: 4)
        return Gumbel(location: $0, scale: $0.exp()).sample(3, using: &generator)
      },
    ] {
      #expect(Numerics.gradientError(at: x, body) < Numerics.gradientTolerance)
    }
  }

  @Test("The entropy of a fair bit is curved, not just flat")
  func secondDerivative() {
    let logit = Tensor([0]).variable()
    let slope = gradients(
      of: Bernoulli(logits: logit).entropy(), withRespectTo: [logit], differentiable: true)[0]
    let curvature = gradients(of: slope, withRespectTo: [logit])[0]
    #expect(slope.item == 0)
    #expect(Numerics.agree(Double(curvature.item), -0.25))
  }
}
