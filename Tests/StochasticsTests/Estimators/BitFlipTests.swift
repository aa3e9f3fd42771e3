import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct BitFlipTests {
  @Test("equals enumeration", arguments: Cost.allCases)
  func enumeration(cost: Cost) {
    let cuts = bits.parameters.sigmoid().scalars.map { [Double($0)] }
    let noise = NoiseRows.product(.pieces(cuts), .pieces([[1.0 / 3, 2.0 / 3]]))
    let errors = NoiseCheck(problem: bits, cost: cost).errors(weights: noise.weights) { q, cost in
      var generator = Philox(seed: 0)
      return BitFlip().expectation(
        over: q, bits: noise.a .< q.mean.detached(), places: noise.b.reshaped([noise.b.count]),
        using: &generator
      ) { z, _ in cost(z.tensor) }
    }
    #expect(errors.value < rounding && errors.gradient < rounding && errors.direct < rounding)
  }

  /// Three bits at logits where nothing is symmetric.
  @Test(
    "the variance: n times the derivative in one variable, which is drawn", arguments: Cost.allCases
  )
  func variance(cost: Cost) {
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

  @Test("certain bits get no gradient and no NaN", arguments: [-1e4, 1e4] as [Scalar])
  func certain(logit: Scalar) {
    let found = slopesBesideCertainBits(BitFlip(), logit: logit)
    #expect(found.allSatisfy { $0.isFinite })
    #expect(found[0] == 0 && found[2] == 0)
  }
}
