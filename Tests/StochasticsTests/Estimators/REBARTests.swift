import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// By quadrature: the integrand is smooth on either side of where a bit flips.
struct REBARTests {
  @Test(
    "noise coupled, at any scale and temperature", arguments: Cost.allCases,
    [0.5, 1.0] as [Double])
  func coupled(cost: Cost, temperature: Double) {
    let rows = NoiseRows.quadrature(BitNoise.cuts(BitNoise.pair), nodes: 40)
    let errors = NoiseCheck(problem: BitNoise.pair, cost: cost).errors(weights: rows.weights) {
      q, cost in
      var generator = Philox(seed: 0)
      var estimator = REBAR<Bernoulli>(temperature: temperature, scale: 0.8)
      return estimator.expectation(
        over: q, noise: BitNoise.logit(rows.values), conditionalNoise: nil, using: &generator
      ) { z, _ in cost(z) }
    }
    #expect(errors.value < BitNoise.tolerance && errors.direct < BitNoise.tolerance)
    #expect(errors.gradient < BitNoise.tolerance)
  }

  @Test("fresh noise", arguments: Cost.allCases)
  func fresh(cost: Cost) {
    let noise = NoiseRows.product(
      .quadrature(BitNoise.cuts(BitNoise.bit), nodes: 40), .quadrature([[]], nodes: 60))
    let errors = NoiseCheck(problem: BitNoise.bit, cost: cost).errors(weights: noise.weights) {
      q, cost in
      var generator = Philox(seed: 0)
      var estimator = REBAR<Bernoulli>(temperature: 0.5, scale: 0.8, isCoupled: false)
      return estimator.expectation(
        over: q, noise: BitNoise.logit(noise.a), conditionalNoise: BitNoise.logit(noise.b),
        using: &generator
      ) { z, _ in cost(z) }
    }
    #expect(errors.value < BitNoise.tolerance && errors.direct < BitNoise.tolerance)
    #expect(errors.gradient < BitNoise.tolerance)
  }

  /// The variance of REBAR's gradient, up to a constant, by quadrature, for given log-temperature
  /// and scale.
  static func secondMoment(_ own: [Tensor]) -> (value: Tensor, gradients: [Tensor]) {
    let rows = NoiseRows.quadrature(BitNoise.cuts(BitNoise.bit), nodes: 40)
    var estimator = REBAR<Bernoulli>()
    estimator.logTemperature = own[0]
    estimator.scale = own[1]
    var generator = Philox(seed: 0)
    let logits = (Tensor.zeros([rows.count, 1]) + BitNoise.bit.parameters).variable()
    var slopes: [Scalar] = []
    var steps = [Tensor](repeating: 0, count: 2)
    // One row at a time, so that the loss of each is that of its own estimate.
    for row in 0..<rows.count {
      let one = logits.detached().sliced(along: 0, row..<(row + 1)).variable()
      let (_, gradient) = valueWithGradient(at: &estimator) { estimator in
        estimator.expectation(
          over: Bernoulli(logits: one),
          noise: BitNoise.logit(rows.values.sliced(along: 0, row..<(row + 1))),
          conditionalNoise: nil,
          using: &generator
        ) { z, _ in Cost.quadratic(z) }.sum()
      }
      let weight = rows.weights.sliced(along: 0, at: row)
      steps[0] = steps[0] + gradient.logTemperature * weight
      steps[1] = steps[1] + gradient.scale * weight
      let slope = Tensors.gradients(
        of: estimator.expectation(
          over: Bernoulli(logits: one),
          noise: BitNoise.logit(rows.values.sliced(along: 0, row..<(row + 1))),
          conditionalNoise: nil,
          using: &generator
        ) { z, _ in Cost.quadratic(z) }, withRespectTo: [one])[0]
      slopes.append(slope.item)
    }
    return ((Tensor(slopes).squared() * rows.weights).sum(), steps)
  }

  @Test("temperature and scale descend the variance: against differences of the exact one")
  func ownGradient() {
    let own = [Tensor(-0.5), Tensor(0.7)]
    let found = Self.secondMoment(own).gradients
    let step: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-5 : 2e-2
    for index in own.indices {
      var (up, down) = (own, own)
      up[index] = up[index] + step
      down[index] = down[index] - step
      let slope =
        (Self.secondMoment(up).value.item - Self.secondMoment(down).value.item) / (2 * step)
      let close = MemoryLayout<Scalar>.size == 8 ? 1e-6 : 2e-2
      #expect(abs(Double(found[index].item - slope)) < close * (1 + abs(Double(slope))))
    }
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
      var rebar = REBAR<Categorical>(scale: 0.8, isCoupled: isCoupled)
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
      let found = scores(&rebar)
      #expect(found.allSatisfy { abs($0) < threshold }, "\(found)")
    }
  }

  @Test("coupling pays: under 0.5 of REINFORCE's variance on a square")
  func variance() {
    func variance(_ estimator: some GradientEstimator<Bernoulli>) -> Scalar {
      var (estimator, generator) = (estimator, Philox(seed: 3))
      return gradient(at: .zeros([20_000, 3])) { logits in
        estimator.expectation(
          over: Bernoulli(logits: logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in
            (z - 0.45).squared().sum(along: -1)
          })
      }.variance(along: 0).sum().item
    }
    let plain = variance(Reinforce<Bernoulli, NoBaseline>(baseline: .none))
    let coupled = variance(REBAR<Bernoulli>(temperature: 0.5))
    #expect(coupled < plain * 0.5, "\(coupled) and \(plain)")
  }

  @Test(
    "gradients stay numbers at certain bits and far logits",
    arguments: [1e-6, 1e-2, 1, 100] as [Double])
  func farLogits(temperature: Double) {
    var generator = Philox(seed: 65)
    for logits in [[10_000, -10_000, 0.2], [40, -40, 5]] as [[Scalar]] {
      var rebar = REBAR<Bernoulli>(temperature: temperature, samples: 50)
      let slopes = gradient(at: Tensor(logits)) { logits in
        rebar.expectation(
          over: Bernoulli(logits: logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in z.sum(along: -1).squared() })
      }
      #expect(slopes.scalars.allSatisfy { !$0.isNaN })
    }
  }

  @Test("so do they, and their own temperature, where bits are certain and classes masked")
  func certain() {
    var generator = Philox(seed: 66)
    let bits = Tensor([.infinity, -.infinity, 0.2])
    let classes = Tensor([0, 1, -.infinity], shape: [1, 3])
    func check<D: CoupledDistribution>(_ logits: Tensor, _ law: (Tensor) -> D)
    where D.Point == Tensor {
      func loss(_ estimator: inout REBAR<D>, _ logits: Tensor) -> Tensor {
        estimator.expectation(
          over: law(logits), using: &generator,
          of: { (z: Tensor, _: inout Philox) -> Tensor in
            z.reshaped([z.shape[0], 3]).sum(along: -1).squared()
          })
      }
      var rebar = REBAR<D>(samples: 50)
      let own = valueWithGradient(at: &rebar) { loss(&$0, logits) }.gradient
      let slopes = gradient(at: logits) { loss(&rebar, $0) }
      for tensor in [slopes] + own.namedParameters().map(\.tensor) {
        #expect(tensor.scalars.allSatisfy { $0.isFinite }, "\(D.self): \(tensor.scalars)")
      }
    }
    check(bits) { Bernoulli(logits: $0) }
    check(classes) { Categorical(logits: $0) }
    let drawn = Categorical(logits: classes).sample(50, using: &generator)
    check(classes) { Prescribed(base: Categorical(logits: $0), samples: drawn) }
  }
}
