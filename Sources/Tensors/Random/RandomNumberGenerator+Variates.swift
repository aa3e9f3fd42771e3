import RealModule

extension RandomNumberGenerator {
  /// Uniform in the open interval (0, 1): one word, 52 bits of it.
  package mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard Gumbel variate of one word.
  package mutating func gumbel() -> Double { -.log(-.log(uniform())) }
}
