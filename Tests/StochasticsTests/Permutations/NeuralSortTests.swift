import DiscreteTesting
import Stochastics
import Tensors
import Testing

@Suite("NeuralSort and SoftSort")
struct NeuralSortExactnessTests {
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 2e-4

  static func problem(_ n: Int, seed: UInt64 = 91) -> (scores: Tensor, payload: Tensor) {
    var generator = Philox(seed: seed)
    return (
      .randomNormal([2, n], using: &generator), .randomNormal([2, n, 3], using: &generator)
    )
  }

  static func distance(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.scalars, b.scalars).map { pair in
      let difference = abs(Double(pair.0) - Double(pair.1))
      return difference.isNaN ? .infinity : difference
    }.max() ?? 0
  }

  @Test(
    "the gap form is the published one", arguments: [1, 2, 5, 16, 17, 40, 100],
    [0.1, 1, 10] as [Scalar])
  func published(n: Int, temperature: Scalar) {
    let (scores, payload) = Self.problem(n)
    let sort = NeuralSort(scores: scores, temperature: temperature)
    // The published logits lose digits as n over the temperature grows.
    let lost = Double(max(1, Scalar(n) / temperature / 20))
    #expect(
      Self.distance(sort.apply(to: payload), sort.matrix.matmul(payload)) < Self.tolerance * lost)
    let soft = SoftSort(scores: scores, temperature: temperature)
    #expect(Self.distance(soft.apply(to: payload), soft.matrix.matmul(payload)) < Self.tolerance)
  }

  @Test("gradients are those of the matrix", arguments: [1, 2, 7, 33], [0.3, 2] as [Scalar])
  func gradientsOfMatrix(n: Int, temperature: Scalar) {
    let (scores, payload) = Self.problem(n)
    var generator = Philox(seed: 92)
    let weights = Tensor.randomNormal(payload.shape, using: &generator)
    func slopes(_ apply: (Tensor, Tensor) -> Tensor) -> [Tensor] {
      let (s, v) = (scores.variable(), payload.variable())
      return gradients(of: (apply(s, v) * weights).sum(), withRespectTo: [s, v])
    }
    let tolerance = 100 * Self.tolerance
    for (found, expected) in [
      (
        slopes { NeuralSort(scores: $0, temperature: temperature).apply(to: $1) },
        slopes { NeuralSort(scores: $0, temperature: temperature).matrix.matmul($1) }
      ),
      (
        slopes { SoftSort(scores: $0, temperature: temperature).apply(to: $1) },
        slopes { SoftSort(scores: $0, temperature: temperature).matrix.matmul($1) }
      ),
    ] {
      #expect(Self.distance(found[0], expected[0]) < tolerance)
      #expect(Self.distance(found[1], expected[1]) < tolerance)
      // A shift of all scores changes nothing.
      #expect(found[0].sum(along: -1).scalars.allSatisfy { abs(Double($0)) < tolerance })
    }
  }

  @Test("gradients are those of finite differences")
  func finiteDifferences() {
    let (scores, payload) = Self.problem(6)
    var generator = Philox(seed: 93)
    for apply in [
      { (s: Tensor, v: Tensor) in NeuralSort(scores: s, temperature: 0.8).apply(to: v) },
      { SoftSort(scores: $0, temperature: 0.8).apply(to: $1) },
    ] {
      let report = checkGradient(
        of: { apply($0[0], $0[1]).squared().sum() }, at: [scores, payload], using: &generator)
      #expect(report.passed, "\(report)")
    }
  }

  @Test("what a tolerance leaves out stays below it times the diameter: 1,000 problems")
  func certified() {
    var generator = Philox(seed: 94)
    for problem in 0..<1000 {
      let n = 2 + problem % 60
      let scores = Tensor.randomNormal([n], using: &generator)
      let payload = Tensor.randomNormal([n, 1], using: &generator)
      let temperature = Tensor(Scalar(problem % 7) - 4).exp().item
      let tolerance: Scalar = [0.3, 0.01, 1e-3][problem % 3]
      let exact = NeuralSort(scores: scores, temperature: temperature).apply(to: payload)
      let banded = NeuralSort(scores: scores, temperature: temperature, tolerance: tolerance)
        .apply(to: payload)
      let values = payload.scalars.map { Double($0) }
      let diameter = (values.max() ?? 0) - (values.min() ?? 0)
      #expect(Self.distance(exact, banded) <= Double(tolerance) * diameter + Self.tolerance)
    }
  }

  @Test("at low temperature it sorts, equal scores side by side; empty and single rows are defined")
  func limits() {
    let scores: Tensor = [0.5, 2, -1, 2, 0.7]
    let payload = scores.reshaped([5, 1])
    let sorted = NeuralSort(scores: scores, temperature: 1e-4).apply(to: payload)
    #expect(Self.distance(sorted, Tensor([2, 2, 0.7, 0.5, -1], shape: [5, 1])) < 1e-3)
    let hard = NeuralSort(scores: scores, temperature: 1).applyStraightThrough(to: payload)
    #expect(hard.scalars == [2, 2, 0.7, 0.5, -1])
    let one = NeuralSort(scores: [3], temperature: 1).apply(to: Tensor([7], shape: [1, 1]))
    #expect(one.scalars == [7])
    let none = NeuralSort(scores: .zeros([0]), temperature: 1).apply(to: .zeros([0, 2]))
    #expect(none.count == 0)
    #expect(SoftSort(scores: .zeros([0]), temperature: 1).apply(to: .zeros([0, 2])).count == 0)
  }

  @Test("single precision keeps its digits where the published logits have lost theirs")
  func digits() {
    // Logits of a thousand scores at this temperature reach ten million.
    let n = 1000
    let scores = Tensor((0..<n).map { Scalar($0) * 1e-3 })
    let payload = Tensor((0..<n).map { Scalar($0 % 2) }, shape: [n, 1])
    let temperature: Scalar = 1e-3
    let found = NeuralSort(scores: scores, temperature: temperature).apply(to: payload)
    // Equal gaps: weights exp(-m²) about the diagonal, in double.
    let weights = (-30...30).map { m in Double(Tensor(Scalar(-m * m)).exp().item) }
    let total = weights.reduce(0, +)
    let row = 500
    let expected = zip(-30...30, weights).reduce(0.0) { sum, pair in
      sum + pair.1 * Double((n - 1 - row - pair.0) % 2)
    }
    #expect(abs(Double(found.scalars[row]) - expected / total) < 1e-3)
  }
}
