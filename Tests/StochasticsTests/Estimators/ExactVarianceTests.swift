import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// Variances with all noise summed out, against closed forms written down by hand: what keeps a mean and spoils the variance shows here.
@Suite("Exact variances")
struct VarianceExactnessTests {
  /// One bit with f(b) = (b - t)^2 at logit zero, as in the toy of the RELAX paper.
  static let targets: [Scalar] = [0.45, 0.499]

  static func cost(_ z: Tensor, _ target: Scalar) -> Tensor {
    (z - target).squared().sum(along: -1)
  }

  /// The variance over rows of noise with weights.
  static func variance(
    _ weights: Tensor, _ estimate: (Bernoulli) -> Tensor
  ) -> Double {
    let slopes = gradient(at: .zeros([weights.count, 1])) { estimate(Bernoulli(logits: $0)) }
      .reshaped([weights.count])
    let mean = (slopes * weights).sum()
    return Double(((slopes - mean).squared() * weights).sum().item)
  }

  /// All draws of some samples of one bit, which are equally probable.
  static func variance<Estimator: GradientEstimator<Prescribed<Bernoulli>>>(
    of estimator: Estimator, samples: Int, target: Scalar
  ) -> Double {
    let draws = DrawList.bits(1)
    let places = draws.places(samples: samples)
    let z = draws.samples(places)
    let count = places[0].count
    return variance(.full(1 / Scalar(count), [count])) { q in
      var (own, generator) = (estimator, Philox(seed: 0))
      return own.expectation(
        over: Prescribed(base: q, samples: z), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in cost(z, target) })
    }
  }

  @Test("REINFORCE: the spread of f(b) (b - 1/2)", arguments: targets)
  func reinforce(target: Scalar) {
    let (one, zero) = (Double(1 - target) * Double(1 - target), Double(target) * Double(target))
    // f(1) / 2 and -f(0) / 2, each half of the time.
    let expected = (one / 2 + zero / 2) * (one / 2 + zero / 2) / 4
    let found = Self.variance(
      of: Reinforce<Prescribed<Bernoulli>, _>(baseline: NoBaseline()), samples: 1, target: target)
    #expect(abs(found - expected) < rounding)
  }

  @Test("leave-one-out: (f(1) - f(0)) / 4 where two samples differ", arguments: targets)
  func leaveOneOut(target: Scalar) {
    let difference = 1 - 2 * Double(target)
    // (f(1) - f(0)) / 2 half of the time and nothing else; its mean is half of that.
    let expected = difference * difference / 16
    let found = Self.variance(
      of: Reinforce<Prescribed<Bernoulli>, _>(samples: 2, baseline: LeaveOneOutBaseline()),
      samples: 2, target: target)
    #expect(abs(found - expected) < rounding)
  }

  @Test("ARM: (f(1) - f(0))² / 48", arguments: targets)
  func arm(target: Scalar) {
    let difference = 1 - 2 * Double(target)
    let rows = NoiseRows.quadrature([[0.5]], nodes: 3)
    let found = Self.variance(rows.weights) { q in
      var generator = Philox(seed: 0)
      return ARM().expectation(
        over: q, uniforms: rows.values.expandingDimensions(at: 0), using: &generator
      ) { z, _ in Self.cost(z.tensor, target) }
    }
    #expect(abs(found - difference * difference / 48) < rounding)
  }

  @Test("DisARM: none at all for one bit at logit zero", arguments: targets)
  func disARM(target: Scalar) {
    let rows = NoiseRows.quadrature([[0.5]], nodes: 3)
    let found = Self.variance(rows.weights) { q in
      var generator = Philox(seed: 0)
      return DisARM().expectation(
        over: q, uniforms: rows.values.expandingDimensions(at: 0), using: &generator
      ) { z, _ in Self.cost(z.tensor, target) }
    }
    #expect(abs(found) < rounding)
  }

  /// Three bits at logits where nothing is symmetric.
  @Test("BitFlip: n times the derivative in one variable, which is drawn", arguments: Cost.allCases)
  func bitFlip(cost: Cost) {
    let n = 3
    let p = bits.parameters.sigmoid().scalars.map { Double($0) }
    let states = bits.draws.distribution(bits.parameters, 1).states()
    let values = cost(states.tensor).scalars.map { Double($0) }
    let flags = states.values
    func index(_ z: [Bool]) -> Int {
      (0..<8).first { state in (0..<n).allSatisfy { flags[state * n + $0] == z[$0] } } ?? 0
    }
    var (second, first) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
    for state in 0..<8 {
      let z = (0..<n).map { flags[state * n + $0] }
      let mass = (0..<n).reduce(1.0) { $0 * (z[$1] ? p[$1] : 1 - p[$1]) }
      for variable in 0..<n {
        var (up, down) = (z, z)
        (up[variable], down[variable]) = (true, false)
        let slope = p[variable] * (1 - p[variable]) * (values[index(up)] - values[index(down)])
        first[variable] += mass * slope
        second[variable] += mass * Double(n) * slope * slope
      }
    }
    let expected = zip(first, second).map { $1 - $0 * $0 }
    // Every state with every choice of a variable.
    let weights = (0..<8).flatMap { state -> [Scalar] in
      let mass = (0..<n).reduce(1.0) { $0 * (flags[state * n + $1] ? p[$1] : 1 - p[$1]) }
      return [Scalar](repeating: Scalar(mass / Double(n)), count: n)
    }
    let drawn = Tensor(
      (0..<8 * n).flatMap { row in (0..<n).map { flags[row / n * n + $0] ? 1 : 0 } },
      shape: [8 * n, n])
    let places = Tensor((0..<8 * n).map { (Scalar($0 % n) + 0.5) / Scalar(n) })
    var generator = Philox(seed: 0)
    let slopes = gradient(at: .zeros([8 * n, n]) + bits.parameters) { logits in
      BitFlip().expectation(
        over: Bernoulli(logits: logits), bits: drawn, places: places, using: &generator
      ) { z, _ in cost(z.tensor) }
    }
    let mass = Tensor(weights, shape: [8 * n, 1])
    let mean = (slopes * mass).sum(along: 0)
    let found = ((slopes - mean).squared() * mass).sum(along: 0)
    for (found, expected) in zip(found.scalars, expected) {
      #expect(abs(Double(found) - expected) < 20 * rounding)
    }
  }
}
