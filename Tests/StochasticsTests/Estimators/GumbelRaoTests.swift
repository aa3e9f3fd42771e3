import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// Beside straight-through Gumbel-Softmax: on bits all noise is integrated, on classes it is drawn.
struct GumbelRaoTests {
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 5e-6

  /// The gradient of the rows that share a hard sample.
  struct Conditional {
    var weight = 0.0
    var mean: [Double] = []
    var variance: [Double] = []
  }

  /// By hard sample, the gradients of rows of noise with weights.
  static func conditionals<Estimator: GradientEstimator<ListedNoise<Bernoulli>>>(
    _ estimator: Estimator, _ problem: Problem<Bernoulli>, _ cost: Cost, weights: Tensor,
    noises: [Tensor], forgetsSample: Bool = false
  ) -> [[Scalar]: Conditional] {
    let count = problem.parameters.count
    var (estimator, generator, own, hard) = (estimator, Turn(), Tensor([1, 0.5]), [Scalar]())
    let slopes = gradient(at: .zeros([weights.count, count]) + problem.parameters) { logits in
      estimator.expectation(
        over: ListedNoise(
          base: Bernoulli(logits: logits), noises: noises, forgetsSample: forgetsSample),
        using: &generator,
        of: { (z: Tensor, _: inout Turn) -> Tensor in
          hard = z.scalars
          return problem.check(cost).cost(z, own)
        })
    }.scalars.map { Double($0) }
    let rows = Dictionary(grouping: 0..<weights.count) { row in
      Array(hard[row * count..<(row + 1) * count])
    }
    let masses = weights.scalars.map { Double($0) }
    return rows.mapValues { rows in
      var result = Conditional(weight: rows.reduce(0) { $0 + masses[$1] })
      func mean(_ value: (Double) -> Double, _ coordinate: Int) -> Double {
        rows.reduce(0) { $0 + masses[$1] * value(slopes[$1 * count + coordinate]) } / result.weight
      }
      result.mean = (0..<count).map { mean({ $0 }, $0) }
      result.variance = (0..<count).map { coordinate in
        let center = result.mean[coordinate]
        return mean({ ($0 - center) * ($0 - center) }, coordinate)
      }
      return result
    }
  }

  /// Straight-through Gumbel-Softmax by quadrature on either side of where a bit flips.
  static func straightThrough(
    _ problem: Problem<Bernoulli>, _ cost: Cost, temperature: Double
  ) -> [[Scalar]: Conditional] {
    let rows = NoiseRows.quadrature(BitNoise.cuts(problem), nodes: 40)
    return conditionals(
      GumbelSoftmax(temperature: .constant(temperature), isHard: true), problem, cost,
      weights: rows.weights, noises: [BitNoise.logit(rows.values)])
  }

  /// Gumbel-Rao: one noise for every hard sample, and the inner ones by quadrature.
  static func gumbelRao(
    _ problem: Problem<Bernoulli>, _ cost: Cost, temperature: Double, inner: Int = 1,
    forgetsSample: Bool = false
  ) -> [[Scalar]: Conditional] {
    let count = problem.parameters.count
    let rows = NoiseRows.product(
      .pieces(BitNoise.cuts(problem)),
      .quadrature([[Double]](repeating: [], count: inner * count), nodes: 40))
    let noises = (0..<inner).map { draw in
      BitNoise.logit(rows.b.sliced(along: 1, draw * count..<(draw + 1) * count))
    }
    return conditionals(
      GumbelRao(temperature: .constant(temperature), inner: inner), problem, cost,
      weights: rows.weights,
      noises: [BitNoise.logit(rows.a)] + noises, forgetsSample: forgetsSample)
  }

  static func mean(_ parts: [[Scalar]: Conditional]) -> [Double] {
    (parts.values.first?.mean ?? []).indices.map { coordinate in
      parts.values.reduce(0) { $0 + $1.weight * $1.mean[coordinate] }
    }
  }

  /// The variance in the first coordinate, between hard samples and within them.
  static func variance(_ parts: [[Scalar]: Conditional]) -> (between: Double, within: Double) {
    let center = mean(parts)[0]
    return parts.values.reduce((0, 0)) { sum, part in
      let distance = part.mean[0] - center
      return (sum.0 + part.weight * distance * distance, sum.1 + part.weight * part.variance[0])
    }
  }

  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// The largest difference of a hard sample's probability or conditional mean.
  static func distance(_ a: [[Scalar]: Conditional], _ b: [[Scalar]: Conditional]) -> Double {
    guard Set(a.keys) == Set(b.keys) else { return .infinity }
    return a.map { hard, part in
      guard let other = b[hard] else { return .infinity }
      return max(abs(part.weight - other.weight), distance(part.mean, other.mean))
    }.max() ?? .infinity
  }

  @Test(
    "the mean is that of straight-through Gumbel-Softmax", arguments: Cost.allCases, [0.5, 1])
  func mean(cost: Cost, temperature: Double) {
    let found = Self.gumbelRao(BitNoise.pair, cost, temperature: temperature)
    let expected = Self.straightThrough(BitNoise.pair, cost, temperature: temperature)
    #expect(Self.distance(Self.mean(found), Self.mean(expected)) < Self.tolerance)
  }

  @Test(
    "of noise with one hard sample it is the conditional mean of straight-through Gumbel-Softmax",
    arguments: Cost.allCases, [0.5, 1])
  func conditionalMean(cost: Cost, temperature: Double) {
    let found = Self.gumbelRao(BitNoise.pair, cost, temperature: temperature)
    let expected = Self.straightThrough(BitNoise.pair, cost, temperature: temperature)
    #expect(found.count == 4 && Self.distance(found, expected) < Self.tolerance)
  }

  @Test(
    "of the variance within hard samples one part in `inner` remains, between them all of it",
    arguments: Cost.allCases, [1, 2])
  func variance(cost: Cost, inner: Int) {
    let plain = Self.variance(Self.straightThrough(BitNoise.bit, cost, temperature: 0.5))
    let found = Self.variance(
      Self.gumbelRao(BitNoise.bit, cost, temperature: 0.5, inner: inner))
    #expect(abs(found.between - plain.between) < Self.tolerance)
    #expect(abs(found.within - plain.within / Double(inner)) < Self.tolerance)
    #expect(plain.within > 1e-3, "\(plain)")
  }

  @Test("inner noise that takes no notice of the hard sample is seen in all three")
  func unconditional() {
    let found = Self.gumbelRao(BitNoise.pair, .quadratic, temperature: 0.5, forgetsSample: true)
    let expected = Self.straightThrough(BitNoise.pair, .quadratic, temperature: 0.5)
    #expect(
      Self.distance(Self.mean(found), Self.mean(expected)) > 1e-3,
      "\(Self.mean(found)) \(Self.mean(expected))")
    #expect(Self.distance(found, expected) > 1e-3)
    let plain = Self.variance(Self.straightThrough(BitNoise.bit, .quadratic, temperature: 0.5))
    let other = Self.variance(
      Self.gumbelRao(BitNoise.bit, .quadratic, temperature: 0.5, forgetsSample: true))
    #expect(abs(other.between - plain.between) > 1e-3, "\(other) \(plain)")
  }

  /// Moments of the gradient over `rows` draws on classes, and those for each hard sample.
  static func drawn(
    _ estimator: some GradientEstimator<Categorical>, _ cost: Cost, rows: Int, seed: UInt64
  ) -> (all: Moments, byState: [Moments]) {
    var (estimator, generator, states) = (estimator, Philox(seed: seed), [Int]())
    let own = Tensor([1, 0.5])
    let slopes = gradient(at: .zeros([rows, 2, 3]) + classes.parameters) { logits in
      estimator.expectation(
        over: Categorical(logits: logits), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in
          let drawn = z.argmax(along: -1).values
          states = (0..<rows).map { Int(drawn[2 * $0] + 3 * drawn[2 * $0 + 1]) }
          return classes.check(cost).cost(z, own)
        })
    }
    var all = Moments(coordinates: 6)
    var byState = [Moments](repeating: all, count: 9)
    for row in 0..<rows {
      let slope = slopes.sliced(along: 0, at: row)
      all.add(slope)
      byState[states[row]].add(slope)
    }
    return (all, byState)
  }

  /// How many standard errors two means are apart.
  static func scores(_ a: Moments, _ b: Moments) -> [Double] {
    a.mean.indices.map { place in
      let error = (a.variance[place] / Double(a.count) + b.variance[place] / Double(b.count))
        .squareRoot()
      return (a.mean[place] - b.mean[place]) / error
    }
  }

  @Test(
    "on classes too, drawn for real: 100,000 draws of each, false alarms below 1e-6",
    arguments: Cost.allCases)
  func drawnClasses(cost: Cost) {
    let found = Self.drawn(.gumbelRao(), cost, rows: 100_000, seed: 21)
    let plain = Self.drawn(.straightThroughGumbelSoftmax(), cost, rows: 100_000, seed: 22)
    let scores =
      Self.scores(found.all, plain.all)
      + zip(found.byState, plain.byState).flatMap { Self.scores($0, $1) }
    // Four costs; six coordinates of the mean and of that for each of nine hard samples.
    let threshold = zThreshold(familyWise: 1e-6, comparisons: 4 * 6 * 10)
    #expect(scores.allSatisfy { abs($0) < threshold }, "\(scores)")
    // Ten inner draws leave at most 0.68 of the variance in a coordinate, known to about 0.01.
    let ratios = zip(found.all.variance, plain.all.variance).map { $0 / $1 }
    #expect(ratios.allSatisfy { $0 < 0.75 }, "\(ratios)")
  }

  @Test("at equal noise the hard samples are those of straight-through Gumbel-Softmax")
  func hardSamples() {
    func points<Base: VectorDistribution>(
      _ estimator: some GradientEstimator<Base>, over q: Base
    ) -> [Scalar] {
      var (estimator, generator, points) = (estimator, Philox(seed: 23), [Scalar]())
      _ = estimator.expectation(
        over: q, using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in
          points = z.scalars
          return z.reshaped([5, 1000, z.count / 5000]).sum(along: -1)
        })
      return points
    }
    let threeBits = Bernoulli(logits: .zeros([1000, 3]) + bits.parameters)
    let twoClasses = Categorical(logits: .zeros([1000, 2, 3]) + classes.parameters)
    #expect(
      points(.gumbelRao(samples: 5), over: threeBits)
        == points(.straightThroughGumbelSoftmax(samples: 5), over: threeBits))
    #expect(
      points(.gumbelRao(samples: 5), over: twoClasses)
        == points(.straightThroughGumbelSoftmax(samples: 5), over: twoClasses))
  }
}
