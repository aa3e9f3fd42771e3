import CKernels
import Foundation
import Testing

@testable import Tensors

/// Both precisions of a sampler of one real variate, offset and count given.
struct RealSampler: Sendable, CustomTestStringConvertible {
  let name: String
  let single: @Sendable (UInt64, UInt64, Int, UnsafeMutablePointer<Float>) -> Void
  let double: @Sendable (UInt64, UInt64, Int, UnsafeMutablePointer<Double>) -> Void
  let mean: Double
  let variance: Double
  /// Of the fourth power of the standardized variate.
  let kurtosis: Double

  var testDescription: String { name }

  func singles(_ key: UInt64, _ offset: UInt64 = 0, _ n: Int) -> [Float] {
    var y = [Float](repeating: .nan, count: n)
    single(key, offset, n, &y)
    return y
  }

  func doubles(_ key: UInt64, _ offset: UInt64 = 0, _ n: Int) -> [Double] {
    var y = [Double](repeating: .nan, count: n)
    double(key, offset, n, &y)
    return y
  }

  static let all = [
    RealSampler(
      name: "uniform", single: { FloatKernels.uniform($0, $1, $2, $3) },
      double: { DoubleKernels.uniform($0, $1, $2, $3) }, mean: 0.5, variance: 1 / 12, kurtosis: 1.8),
    RealSampler(
      name: "exponential", single: { FloatKernels.exponential($0, $1, $2, $3) },
      double: { DoubleKernels.exponential($0, $1, $2, $3) }, mean: 1, variance: 1, kurtosis: 9),
    RealSampler(
      name: "Gumbel", single: { FloatKernels.gumbel($0, $1, $2, $3) },
      double: { DoubleKernels.gumbel($0, $1, $2, $3) }, mean: 0.577_215_664_901_532_9,
      variance: .pi * .pi / 6, kurtosis: 5.4),
    RealSampler(
      name: "logistic", single: { FloatKernels.logistic($0, $1, $2, $3) },
      double: { DoubleKernels.logistic($0, $1, $2, $3) }, mean: 0, variance: .pi * .pi / 3,
      kurtosis: 4.2),
    RealSampler(
      name: "normal", single: { FloatKernels.normal($0, $1, $2, $3) },
      double: { DoubleKernels.normal($0, $1, $2, $3) }, mean: 0, variance: 1, kurtosis: 3),
  ]
}

@Suite(.serialized) struct SamplerTests {
  /// Keys a broken generator would give, and one like any other.
  static let keys: [UInt64] = [0, .max, 0x0123_4567_89ab_cdef]

  // MARK: Real variates

  @Test("Mean and variance are right", arguments: RealSampler.all, keys)
  func moments(sampler: RealSampler, key: UInt64) {
    let n = 400_000
    for sample in [sampler.singles(key, 0, n).map(Double.init), sampler.doubles(key, 0, n)] {
      #expect(sample.allSatisfy { $0.isFinite })
      let mean = sample.reduce(0, +) / Double(n)
      let variance = sample.reduce(0) { $0 + ($1 - sampler.mean) * ($1 - sampler.mean) } / Double(n)
      // Six standard errors: a false alarm in 10^9.
      #expect(abs(mean - sampler.mean) < 6 * (sampler.variance / Double(n)).squareRoot())
      #expect(
        abs(variance / sampler.variance - 1) < 6 * ((sampler.kurtosis - 1) / Double(n)).squareRoot()
      )
    }
  }

  @Test("The distribution function at its deciles is right", arguments: RealSampler.all)
  func deciles(sampler: RealSampler) {
    let n = 400_000
    let cumulative: (Double) -> Double =
      switch sampler.name {
      case "uniform": { $0 }
      case "exponential": { -expm1(-$0) }
      case "Gumbel": { exp(-exp(-$0)) }
      case "logistic": { 1 / (1 + exp(-$0)) }
      default: { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
      }
    for sample in [sampler.singles(5, 0, n).map(Double.init), sampler.doubles(5, 0, n)] {
      var counts = [Int](repeating: 0, count: 10)
      for x in sample { counts[min(9, Int(cumulative(x) * 10))] += 1 }
      let expected = Double(n) / 10
      let chiSquared = counts.reduce(0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      // Nine degrees of freedom; the upper 10^-8 quantile is 54.
      #expect(chiSquared < 54)
    }
  }

  @Test(
    "Elements depend on key and place only, not on threads or pieces", arguments: RealSampler.all)
  func placesAndThreads(sampler: RealSampler) {
    let n = 200_003
    let threads = dk_thread_count()
    defer { dk_set_thread_count(threads) }
    dk_set_thread_count(1)
    let alone = (sampler.singles(9, 0, n), sampler.doubles(9, 0, n))
    dk_set_thread_count(4)
    #expect(sampler.singles(9, 0, n) == alone.0)
    #expect(sampler.doubles(9, 0, n) == alone.1)
    for offset in [1, 31, 64, 777, 2047, 100_001] {
      #expect(sampler.singles(9, UInt64(offset), 3000) == Array(alone.0[offset..<offset + 3000]))
      #expect(sampler.doubles(9, UInt64(offset), 3000) == Array(alone.1[offset..<offset + 3000]))
    }
  }

  @Test("Uniforms and fractions of the extreme words stay inside the open interval")
  func openInterval() {
    for word in [0, 1, UInt32.max - 1, .max] {
      let wide = UInt64(word) << 32 | UInt64(word)
      for u in [FloatKernels.uniform(word: word), FloatKernels.fraction(word: word)] {
        #expect(u > 0 && u < 1)
      }
      for u in [DoubleKernels.uniform(word: wide), DoubleKernels.fraction(word: wide)] {
        #expect(u > 0 && u < 1)
      }
      for g in [FloatKernels.gumbel(word: word), FloatKernels.exponential(word: word)] {
        #expect(g.isFinite)
      }
      for g in [DoubleKernels.gumbel(word: wide), DoubleKernels.exponential(word: wide)] {
        #expect(g.isFinite)
      }
      #expect(FloatKernels.exponential(word: word) > 0)
      #expect(DoubleKernels.exponential(word: wide) > 0)
    }
    // The upper tail of the Gumbel reaches to the resolution of the word.
    #expect(abs(FloatKernels.gumbel(word: 0) - 33 * log(2)) < 1e-4)
    #expect(abs(DoubleKernels.gumbel(word: 0) - 65 * log(2)) < 1e-9)
  }

  // MARK: Bernoulli

  @Test(
    "Bernoulli draws have their probability in every form",
    arguments: [0, 1e-4, 0.3, 0.5, 0.999, 1], keys)
  func bernoulli(p: Double, key: UInt64) {
    let n = 300_000
    var single = [Float](repeating: -1, count: n)
    var double = [Double](repeating: -1, count: n)
    var bytes = [UInt8](repeating: 9, count: n)
    let bound = 6 * (p * (1 - p) / Double(n)).squareRoot()

    FloatKernels.bernoulli(key, n, p, &single)
    DoubleKernels.bernoulli(key, n, p, &double)
    dk_bernoulli_bytes(key, n, p, &bytes)
    #expect(single.map(Double.init) == double)
    #expect(bytes.map(Double.init) == double)
    #expect(Set(double).isSubset(of: [0, 1]))
    #expect(abs(double.reduce(0, +) / Double(n) - p) <= bound)

    let q = [p, 1 - p, 0.25]
    let logits = q.map { log($0 / (1 - $0)) }
    for useLogits in [false, true] {
      if useLogits {
        FloatKernels.bernoulli(key, n / 3, 3, logits: logits.map(Float.init), 1, &single)
        DoubleKernels.bernoulli(key, n / 3, 3, logits: logits, 1, &double)
      } else {
        FloatKernels.bernoulli(key, n / 3, 3, probabilities: q.map(Float.init), 1, &single)
        DoubleKernels.bernoulli(key, n / 3, 3, probabilities: q, 1, &double)
      }
      for column in 0..<3 {
        let size = Double(n / 3)
        let bound = 6 * (q[column] * (1 - q[column]) / size).squareRoot()
        let means = [
          Double(stride(from: column, to: n, by: 3).reduce(0) { $0 + single[$1] }) / size,
          stride(from: column, to: n, by: 3).reduce(0) { $0 + double[$1] } / size,
        ]
        for mean in means { #expect(abs(mean - q[column]) <= bound + 1e-7) }
      }
    }
  }

  @Test("Binarization keeps black black and white white, and is a function of key and element")
  func binarize() {
    let intensity = (0..<256_000).map { UInt8($0 % 256) }
    var y = [Float](repeating: -1, count: intensity.count)
    FloatKernels.binarize(3, 0, intensity.count, intensity, &y)
    var z = [Double](repeating: -1, count: 1000)
    DoubleKernels.binarize(3, 5000, 1000, Array(intensity[5000...]), &z)
    #expect(z == y[5000..<6000].map(Double.init))
    for level in 0..<256 {
      let p = Double(level) / 255
      let mean = Double(stride(from: level, to: y.count, by: 256).reduce(0) { $0 + y[$1] }) / 1000
      #expect(abs(mean - p) <= 6 * (p * (1 - p) / 1000).squareRoot())
    }
  }

  // MARK: Categorical

  @Test(
    "Classes are drawn with their probability, by either method",
    arguments: [1, 2, 7, 16, 40, 128, 129, 1000])
  func categorical(classes: Int) {
    let rows = 100_003
    var logits = (0..<classes).map { cos(Double($0)) * 2 }
    // A few far away, which no finite difference in the shift may bring back.
    for masked in stride(from: 1, to: classes, by: 5) { logits[masked] = -.infinity }
    let largest = logits.max() ?? 0
    let weights = logits.map { exp($0 - largest) }
    let total: Double = weights.reduce(0, +)
    let singles = logits.map(Float.init)

    var draws = [[Int32]](repeating: [Int32](repeating: -1, count: rows), count: 4)
    FloatKernels.categorical(11, rows, classes, singles, 1, &draws[0])
    DoubleKernels.categorical(11, rows, classes, logits, 1, &draws[1])
    FloatKernels.categoricalGumbel(11, rows, classes, singles, 1, &draws[2])
    DoubleKernels.categoricalGumbel(11, rows, classes, logits, 1, &draws[3])
    for draw in draws {
      var counts = [Int](repeating: 0, count: classes)
      for y in draw { counts[Int(y)] += 1 }
      for (count, weight) in zip(counts, weights) {
        let p = weight / total
        #expect(
          abs(Double(count) / Double(rows) - p)
            <= 6.5 * (p * (1 - p) / Double(rows)).squareRoot() + 1e-5 * (weight > 0 ? 1 : 0))
      }
    }
  }

  @Test("Only classes that can be drawn are, at any scale of the logits", arguments: keys)
  func extremeLogits(key: UInt64) {
    let infinity = Double.infinity
    let logits: [Double] = [
      -infinity, 1e4, -infinity, -infinity,  //
      -1e4, -infinity, -infinity, -infinity,  //
      -infinity, -infinity, -infinity, 0,  //
      -infinity, -infinity, -infinity, -infinity,
    ]
    let rows = 40_000
    for gumbel in [false, true] {
      var y = [Int32](repeating: -1, count: rows)
      var z = y
      if gumbel {
        DoubleKernels.categoricalGumbel(key, rows, 4, logits, 4, &y)
        FloatKernels.categoricalGumbel(key, rows, 4, logits.map(Float.init), 4, &z)
      } else {
        DoubleKernels.categorical(key, rows, 4, logits, 4, &y)
        FloatKernels.categorical(key, rows, 4, logits.map(Float.init), 4, &z)
      }
      for draws in [y, z] {
        #expect(draws == (0..<rows).map { [1, 0, 3, 0][$0 % 4] })
      }
    }
  }

  @Test("Categorical draws do not depend on threads", arguments: [3, 16, 100, 500])
  func categoricalThreads(classes: Int) {
    let rows = 20_011
    var logits = [Float](repeating: 0, count: rows * classes)
    FloatKernels.normal(1, 0, logits.count, &logits)
    let threads = dk_thread_count()
    defer { dk_set_thread_count(threads) }
    var results: [[Int32]] = []
    for count in [1, 4] {
      dk_set_thread_count(Int32(count))
      var y = [Int32](repeating: -1, count: rows)
      var z = y
      FloatKernels.categorical(2, rows, classes, logits, rows, &y)
      FloatKernels.categoricalGumbel(2, rows, classes, logits, rows, &z)
      results.append(y + z)
    }
    #expect(results[0] == results[1])
    let range = 0..<Int32(classes)
    #expect(results[0].allSatisfy { range.contains($0) })
  }

  @Test(
    "The Gumbel-max draw is the argmax of logits and the Gumbels of the same key",
    arguments: [5, 16, 200])
  func gumbelMaximum(classes: Int) {
    let rows = 1000
    var gumbels = [Float](repeating: 0, count: rows * classes)
    FloatKernels.gumbel(4, 0, gumbels.count, &gumbels)
    let logits = (0..<classes).map { Float($0 % 7) }
    var y = [Int32](repeating: -1, count: rows)
    FloatKernels.categoricalGumbel(4, rows, classes, logits, 1, &y)
    for r in 0..<rows {
      let perturbed = (0..<classes).map { logits[$0] + gumbels[r * classes + $0] }
      #expect(perturbed[Int(y[r])] >= (perturbed.max() ?? 0) - 1e-5)
    }
  }
}
