import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// By quadrature: the integrand is smooth on either side of where a bit flips.
struct RELAXTests {
  static func critic(_ inputs: Int) -> Critic {
    var generator = Philox(seed: 8)
    var critic = Critic(inputs: inputs, units: 4, using: &generator)
    critic.scale = 1.3
    return critic
  }

  @Test("noise coupled, whatever the critic", arguments: Cost.allCases)
  func coupled(cost: Cost) {
    let rows = NoiseRows.quadrature(BitNoise.cuts(BitNoise.pair), nodes: 40)
    let errors = NoiseCheck(problem: BitNoise.pair, cost: cost).errors(weights: rows.weights) {
      q, cost in
      var generator = Philox(seed: 0)
      var estimator = RELAX<Bernoulli>(critic: Self.critic(2))
      return estimator.expectation(
        over: q, given: nil, noise: BitNoise.logit(rows.values), conditionalNoise: nil,
        using: &generator
      ) { z, _ in cost(z.tensor) }
    }
    #expect(errors.value < BitNoise.tolerance && errors.direct < BitNoise.tolerance)
    #expect(errors.gradient < BitNoise.tolerance)
  }

  @Test(
    "on classes, drawn for real: 100,000 draws, false alarms below 1e-6", arguments: Cost.allCases)
  func categorical(cost: Cost) {
    var exact = Exact<Categorical>()
    var generator = Philox(seed: 12)
    let expected = gradient(at: classes.parameters) { logits in
      exact.expectation(
        over: classes.draws.distribution(logits, 1), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in cost(classes.values(z)) })
    }.scalars.map { Double($0) }
    let rows = 50_000
    for isCoupled in [true, false] {
      var relax = RELAX<Categorical>(critic: Self.critic(6), isCoupled: isCoupled)
      func scores(_ estimator: inout some GradientEstimator<Categorical>) -> [Double] {
        var moments = Moments(coordinates: 6)
        for _ in 0..<2 {
          let slopes = gradient(at: .zeros([rows, 2, 3]) + classes.parameters) { logits in
            estimator.expectation(
              over: Categorical(logits: logits), using: &generator,
              of: { (z: Tensor, _: inout Philox) -> Tensor in cost(classes.values(z)) })
          }
          for row in 0..<rows { moments.add(slopes.sliced(along: 0, at: row)) }
        }
        return moments.zScores(against: expected, rounding: rounding)
      }
      // Four costs, two couplings, six coordinates.
      let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * 2 * 6)
      let found = scores(&relax)
      #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
    }
  }
}
