import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// Estimators over coupled samples, drawn for real where their noise has no finite list.
@Suite("Coupled samples")
struct CoupledSamplesExactnessTests {
  /// Standard scores of the mean gradient over `rows` estimates.
  static func scores<Base: EnumerableDistribution>(
    _ estimator: some GradientEstimator<Base>, _ problem: Problem<Base>, _ cost: Cost, rows: Int
  ) -> [Double] {
    var (estimator, exact, generator) = (estimator, Exact<Base>(), Philox(seed: 17))
    let own = Tensor([1, 0.5])
    func total(_ z: Base.Point) -> Tensor { problem.check(cost).cost(z, own) }
    let expected = gradient(at: problem.parameters) {
      exact.expectation(
        over: problem.draws.distribution($0, 1), using: &generator,
        of: { (z: Base.Point, _: inout Philox) -> Tensor in total(z) })
    }.scalars.map { Double($0) }
    let start = Tensor.zeros([rows] + problem.parameters.shape) + problem.parameters
    let slopes = gradient(at: start) {
      estimator.expectation(
        over: problem.rows($0), using: &generator,
        of: { (z: Base.Point, _: inout Philox) -> Tensor in total(z) })
    }
    var moments = Moments(coordinates: expected.count)
    for row in 0..<rows { moments.add(slopes.sliced(along: 0, at: row)) }
    return moments.zScores(against: expected, rounding: rounding)
  }

  @Test("drawn for real: 100,000 estimates, false alarms below 1e-6", arguments: Cost.allCases)
  func sampled(cost: Cost) {
    let found =
      Self.scores(.arms(samples: 3), bits, cost, rows: 100_000)
      + Self.scores(.arms(samples: 5), bits, cost, rows: 100_000)
      + Self.scores(.carms(), classes, cost, rows: 100_000)
      + Self.scores(.arsm(), classes, cost, rows: 100_000)
      + Self.scores(.categoricalDisARM(tree: .balanced), classes, cost, rows: 100_000)
      + Self.scores(.categoricalDisARM(tree: .stickBreaking), classes, cost, rows: 100_000)
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * found.count)
    #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
  }

  @Test("ARMS with two samples is DisARM: the same second moments")
  func pair() {
    func variance(_ estimator: some GradientEstimator<Bernoulli>) -> [Scalar] {
      var (estimator, generator) = (estimator, Philox(seed: 5))
      return gradient(at: .zeros([200_000, 3]) + bits.parameters) { logits in
        estimator.expectation(
          over: Bernoulli(logits: logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in Cost.quadratic(z) })
      }.variance(along: 0).scalars
    }
    for (a, b) in zip(variance(ARMS(samples: 2)), variance(DisARM())) {
      #expect(abs(a / b - 1) < 0.02)
    }
  }

  @Test("extreme and masked logits make no NaN")
  func extremes() {
    var generator = Philox(seed: 2)
    let logits = Tensor([1e4, -1e4, 0, -.infinity, 0, 1], shape: [1, 2, 3])
    for estimator in [
      CARMS(), ARSM(), CategoricalDisARM(), CategoricalDisARM(tree: .stickBreaking),
    ] as [any BlackBoxGradientEstimator<Categorical>] {
      var estimator = estimator
      let slopes = gradient(at: logits) {
        estimator.expectation(
          over: Categorical(logits: $0), using: &generator, ofEach: { Scalar($0[0] + 2 * $0[1]) })
      }
      #expect(
        slopes.scalars.allSatisfy { $0.isFinite }, "\(type(of: estimator)): \(slopes.scalars)")
      // A masked class has no gradient, not even noise.
      #expect(slopes.scalars[3] == 0, "\(type(of: estimator)): \(slopes.scalars)")
    }
    // Uniforms at both ends: no impossible class is drawn, though the probabilities' sum is rounded.
    for last in [-Scalar.infinity, -20] {
      let uneven = Tensor([Scalar](repeating: 0, count: 12) + [last], shape: [1, 13])
      for u in [Scalar(1).nextDown, Scalar.ulpOfOne / 4] {
        let first = Tensor.full(u, [1, 1])
        let slopes = gradient(at: uneven) {
          CARMS().expectation(
            over: Categorical(logits: $0), uniforms: (first, first),
            isMirrored: Tensor.ones([1, 1]), using: &generator
          ) { z, _ in
            #expect(last.isFinite || !z.indices.values.contains(12))
            return z.oneHot.sum(along: -1).sum(along: -1)
              + Tensor(z.indices.values.map { Scalar($0) })
          }
        }
        #expect(slopes.scalars.allSatisfy { $0.isFinite }, "\(slopes.scalars)")
      }
    }
    var arms = ARMS(samples: 3)
    let slopes = gradient(at: [1e4, -1e4, 0]) {
      arms.expectation(
        over: Bernoulli(logits: $0), using: &generator, ofEach: { $0[0] ? 1 : 0 })
    }
    #expect(slopes.scalars.allSatisfy { $0.isFinite })
  }
}
