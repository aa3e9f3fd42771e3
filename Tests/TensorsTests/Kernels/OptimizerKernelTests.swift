import CKernels
import Testing

@Suite struct OptimizerKernelTests {
  /// More than one block, and no multiple of a vector.
  static let n = 40_009

  private func normal(_ key: UInt64) -> [Double] {
    var x = [Double](repeating: 0, count: Self.n)
    DoubleKernels.normal(key, 0, Self.n, &x)
    return x
  }

  private func check(_ y: [Double], _ expected: [Double], _ tolerance: Double = 1e-14) {
    #expect(zip(y, expected).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) })
  }

  @Test("Steps are those of the papers, in one pass")
  func steps() {
    let n = Self.n
    let (p, g, m) = (normal(1), normal(2), normal(3))
    let v = normal(4).map { $0 * $0 }

    var parameters = p
    DoubleKernels.sgd(n, &parameters, g, rate: 0.1)
    check(parameters, zip(p, g).map { $0 - 0.1 * $1 })

    for nesterov in [false, true] {
      parameters = p
      var velocity = m
      DoubleKernels.momentum(
        n, &parameters, g, &velocity, rate: 0.1, momentum: 0.9, nesterov: nesterov)
      let moved = zip(m, g).map { 0.9 * $0 + $1 }
      check(velocity, moved)
      let directions = nesterov ? zip(g, moved).map { $0 + 0.9 * $1 } : moved
      check(parameters, zip(p, directions).map { $0 - 0.1 * $1 })
    }

    let mean = zip(m, g).map { 0.9 * $0 + 0.1 * $1 }
    let square = zip(v, g).map { 0.99 * $0 + 0.01 * $1 * $1 }
    parameters = p
    var first = m
    var second = v
    DoubleKernels.adam(
      n, &parameters, g, &first, &second, rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8,
      correction1: 2, correction2: 3)
    let stepped = (0..<n).map { i -> Double in
      let scale = (3 * square[i]).squareRoot() + 1e-8
      return p[i] - 0.2 * mean[i] / scale
    }
    check(first, mean)
    check(second, square)
    check(parameters, stepped, 1e-12)

    var singles = p.map(Float.init)
    var firsts = m.map(Float.init)
    var seconds = v.map(Float.init)
    FloatKernels.adam(
      n, &singles, g.map(Float.init), &firsts, &seconds, rate: 0.1, beta1: 0.9, beta2: 0.99,
      epsilon: 1e-8, correction1: 2, correction2: 3)
    check(singles.map(Double.init), stepped, 1e-4)

    parameters = p
    second = v
    DoubleKernels.rmsprop(n, &parameters, g, &second, rate: 0.1, decay: 0.99, epsilon: 1e-8)
    check(second, square)
    let scaled = (0..<n).map { i -> Double in
      let scale = square[i].squareRoot() + 1e-8
      return p[i] - 0.1 * g[i] / scale
    }
    check(parameters, scaled, 1e-12)
  }

  @Test("An update says whether every parameter is finite afterwards", arguments: [0, 77, n - 1])
  func spoiled(place: Int) {
    let (g, n) = (normal(2), Self.n)
    let squares = normal(4).map { $0 * $0 }
    for bad in [Double.nan, .infinity, nil] {
      var p = normal(1)
      if let bad { p[place] = bad }
      var (q, m, v) = (p.map(Float.init), normal(3), squares)
      let isFinite = bad == nil
      #expect(DoubleKernels.sgd(n, &p, g, rate: 0.1) == isFinite)
      #expect(FloatKernels.sgd(n, &q, g.map(Float.init), rate: 0.1) == isFinite)
      #expect(
        DoubleKernels.momentum(n, &p, g, &m, rate: 0.1, momentum: 0.9, nesterov: true) == isFinite)
      #expect(
        DoubleKernels.adam(
          n, &p, g, &m, &v, rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 2,
          correction2: 3) == isFinite)
      #expect(
        DoubleKernels.rmsprop(n, &p, g, &v, rate: 0.1, decay: 0.99, epsilon: 1e-8) == isFinite)
    }
  }

  @Test(
    "One number that is not finite is found in any of several arrays",
    arguments: [0, 40_008, 40_009, 40_011, 40_012, 99_999])
  func finiteArrays(place: Int) {
    var values = [Double](repeating: 1, count: 100_000)
    let sizes = [40_009, 0, 3, 59_987, 1]
    let starts = [0, 40_009, 40_009, 40_012, 99_999]
    func isFinite() -> Bool {
      values.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return true }
        return DoubleKernels.allFinite(sizes.count, sizes, starts.map { base + $0 })
      }
    }
    #expect(isFinite())
    values[place] = .infinity
    #expect(!isFinite())
  }

  @Test("One number that is not finite is found anywhere", arguments: [0, 77, 32_768, n - 1])
  func finite(place: Int) {
    var x = normal(1)
    #expect(DoubleKernels.allFinite(x.count, x))
    for bad in [Double.nan, .infinity, -.infinity] {
      x[place] = bad
      #expect(!DoubleKernels.allFinite(x.count, x))
      #expect(!FloatKernels.allFinite(x.count, x.map(Float.init)))
    }
  }
}
