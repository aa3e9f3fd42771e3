import DiscreteTesting
import Foundation
import Stochastics
import Tensors
import Testing

@Suite struct GumbelTests {
  static let gumbel = Gumbel(location: 1.5, scale: 2)

  struct Values: Sendable {
    let x, logDensity, logCumulative, cumulative, survival: Double
  }

  // SciPy 1.17.1: g = scipy.stats.gumbel_r(1.5, 2); g.logpdf(x), g.logcdf(x), g.cdf(x), g.sf(x).
  static let values: [Values] = [
    (-50, -152434373068.383, -152434373093.43985, 0.0, 1.0),
    (-8, -111.52743170774761, -115.58428452718766, 6.344290125215141e-51, 1.0),
    (-1, -2.933490138021787, -3.4903429574618414, 0.03049041346306221, 0.9695095865369378),
    (0, -2.06014719717262, -2.117000016612675, 0.12039226207982957, 0.8796077379201704),
    (1.5, -1.6931471805599454, -1.0, 0.36787944117144233, 0.6321205588285577),
    (4, -2.2296519774201355, -0.2865047968601901, 0.7508834766393948, 0.2491165233606051),
    (20, -9.943243292212006, -9.61116520613947e-05, 0.9999038929665155, 9.610703348453126e-05),
    (50, -24.943147180589346, -2.9400777392844726e-11, 0.9999999999705992, 2.9400777392412524e-11),
    (700, -349.94314718055995, -2.1020943033850016e-152, 1.0, 2.1020943033850016e-152),
  ].map { Values(x: $0, logDensity: $1, logCumulative: $2, cumulative: $3, survival: $4) }

  /// The number, or 0 where the precision at hand has none so small.
  static func representable(_ value: Double) -> Double {
    abs(value) < Double(Scalar.leastNormalMagnitude) ? 0 : value
  }

  @Test("Density, distribution function and survival are SciPy's", arguments: values)
  func functions(values: Values) {
    let x = Tensor(Scalar(values.x))
    for (ours, theirs) in [
      (Self.gumbel.logDensity(x), values.logDensity),
      (Self.gumbel.logCumulative(x), values.logCumulative),
      (Self.gumbel.survival(x), values.survival),
    ] {
      let (ours, theirs) = (Double(ours.item), Self.representable(theirs))
      #expect(Numerics.agree(ours, theirs), "at \(values.x)")
    }
    // The exponential of a logarithm near -100 keeps two digits fewer.
    let tolerance = Numerics.tolerance * max(1, -values.logCumulative)
    let cumulative = Double(Self.gumbel.cumulative(x).item)
    #expect(Numerics.agree(cumulative, Self.representable(values.cumulative), to: tolerance))
  }

  // g.ppf(p)
  @Test(
    "Quantiles are SciPy's",
    arguments: [
      (1e-300, -11.575629839808313), (1e-30, -6.970459653820223), (1e-3, -2.365289467832131),
      (0.25, 0.8467314800434381), (0.5, 2.233025841163329), (0.9, 6.000734654624891),
      (0.999, 15.314510141047432),
    ])
  func quantiles(probability: Double, expected: Double) {
    guard probability >= Double(Scalar.leastNormalMagnitude) else { return }
    let quantile = Double(Self.gumbel.quantile(Tensor(Scalar(probability))).item)
    // Near one the argument itself is rounded: at 0.999 that moves the quantile by 2000 roundings.
    let tolerance = Numerics.tolerance * (probability > 0.99 ? 100 : 1)
    #expect(Numerics.agree(quantile, expected, to: tolerance))
  }

  // g.isf(p)
  @Test(
    "Quantiles of the upper tail are SciPy's",
    arguments: [
      (1e-300, 1383.0510557964274), (1e-30, 139.65510557964274), (1e-3, 15.314510141047434),
      (0.25, 3.9917986474144764),
    ])
  func upperQuantiles(probability: Double, expected: Double) {
    guard probability >= Double(Scalar.leastNormalMagnitude) else { return }
    let quantile = Double(Self.gumbel.upperQuantile(Tensor(Scalar(probability))).item)
    #expect(Numerics.agree(quantile, expected))
  }

  // g.stats("mvsk"), g.median(), g.entropy()
  @Test("Summaries are SciPy's")
  func summaries() {
    for (ours, theirs) in [
      (Self.gumbel.mean.item, 2.6544313298030655), (Self.gumbel.variance.item, 6.579736267392906),
      (Gumbel.skewness, 1.1395470994046486), (Self.gumbel.median.item, 2.233025841163329),
      (Self.gumbel.entropy.item, 2.270362845461478), (Self.gumbel.mode.item, 1.5),
    ] {
      #expect(Numerics.agree(Double(ours), theirs))
    }
  }

  /// The Kolmogorov-Smirnov distance between values and the uniform law, times the root of their
  /// number.
  static func distance(_ uniform: [Scalar]) -> Double {
    let sorted = uniform.map { Double($0) }.sorted()
    let n = Double(sorted.count)
    var gap = 0.0
    for (index, u) in sorted.enumerated() {
      gap = max(gap, Double(index + 1) / n - u, u - Double(index) / n)
    }
    return gap * n.squareRoot()
  }

  // 200,000 draws; exceeded with probability 2 exp(-2 · 2.7^2) < 10^-6.
  static let bound = 2.7

  @Test("Samples follow the distribution function")
  func samples() {
    var generator = Philox(seed: 21)
    let x = Self.gumbel.sample(200_000, using: &generator)
    #expect(x.shape == [200_000])
    #expect(Self.distance(Self.gumbel.cumulative(x).scalars) < Self.bound)
  }

  @Test("The largest of n is a Gumbel moved by scale · log n")
  func maximum() {
    var generator = Philox(seed: 22)
    let seven = Gumbel(location: .full(1.5, [7]), scale: 2)
    let largest = seven.sample(200_000, using: &generator).max(along: 1)
    let law = Self.gumbel.maximum(of: 7)
    #expect(Self.distance(law.cumulative(largest).scalars) < Self.bound)
    // The right law must be told from its neighbors, or the test has no teeth.
    #expect(Self.distance(Self.gumbel.maximum(of: 8).cumulative(largest).scalars) > 5 * Self.bound)
    let x = Tensor([-1, 2, 9])
    let power = Self.gumbel.logCumulative(x) * 7
    for (a, b) in zip(law.logCumulative(x).scalars, power.scalars) {
      #expect(Numerics.agree(Double(a), Double(b), to: 10 * Numerics.tolerance))
    }
  }

  @Test("exp(-(g - location) / scale) is a standard exponential")
  func exponentialLink() {
    var generator = Philox(seed: 23)
    let t = Self.gumbel.standardExponential(of: Self.gumbel.sample(200_000, using: &generator))
    #expect(t.scalars.allSatisfy { $0 > 0 && $0.isFinite })
    #expect(Self.distance((-(-t).expm1()).scalars) < Self.bound)
  }

  @Test("Parameters broadcast")
  func shapes() {
    var generator = Philox(seed: 24)
    let g = Gumbel(location: .zeros([3, 1]), scale: .ones([2]))
    #expect(g.batch == [3, 2])
    #expect(g.sample(5, using: &generator).shape == [5, 3, 2])
    #expect(g.mean.shape == [3, 2])
  }
}
