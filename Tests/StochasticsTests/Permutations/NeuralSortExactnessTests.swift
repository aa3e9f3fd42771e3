import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct NeuralSortExactnessTests {
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 2e-4

  /// The published formula, in double precision, by items.
  static func published(_ scores: [Double], temperature: Double) -> [[Double]] {
    let n = scores.count
    return (1...n).map { i in
      let logits = scores.map { s in
        (Double(n + 1 - 2 * i) * s - scores.reduce(0) { $0 + abs(s - $1) }) / temperature
      }
      let largest = logits.max() ?? 0
      let weights = logits.map { Double(Tensor(Scalar($0 - largest)).exp().item) }
      let total = weights.reduce(0, +)
      return weights.map { $0 / total }
    }
  }

  @Test("the gap form is the published formula", arguments: [1, 2, 3, 7, 33, 70], [0.1, 1, 10])
  func formula(n: Int, temperature: Double) {
    var generator = Philox(seed: UInt64(n))
    let scores = Tensor.randomNormal([n], using: &generator)
    let sort = NeuralSort(scores: scores, temperature: temperature)
    let expected = Self.published(scores.scalars.map { Double($0) }, temperature: temperature)
    let payload = Tensor.randomNormal([n, 5], using: &generator)
    let blended = sort.apply(to: payload).scalars
    let matrix = sort.matrix.scalars
    for i in 0..<n {
      for j in 0..<n {
        #expect(abs(Double(matrix[i * n + j]) - expected[i][j]) < Self.tolerance)
      }
      for c in 0..<5 {
        let value = (0..<n).reduce(0.0) {
          $0 + expected[i][$1] * Double(payload.scalars[$1 * 5 + c])
        }
        #expect(abs(Double(blended[i * 5 + c]) - value) < Self.tolerance)
      }
    }
  }

  @Test("equal scores: the formula holds")
  func ties() {
    let scores: Tensor = [1, -1, 1, 0, 1, -1]
    let expected = Self.published(scores.scalars.map { Double($0) }, temperature: 0.7).flatMap {
      $0
    }
    let matrix = NeuralSort(scores: scores, temperature: 0.7).matrix.scalars
    let streamed = NeuralSort(scores: scores, temperature: 0.7).apply(to: .identity(6)).scalars
    for (place, value) in expected.enumerated() {
      #expect(abs(Double(matrix[place]) - value) < Self.tolerance)
      #expect(abs(Double(streamed[place]) - value) < Self.tolerance)
    }
  }

  @Test("rows lie on the simplex, at any temperature", arguments: [1e-6, 0.3, 1e6])
  func simplex(temperature: Double) {
    var generator = Philox(seed: 5)
    let scores = Tensor.randomNormal([3, 40], using: &generator)
    let rows = NeuralSort(scores: scores, temperature: temperature)
      .apply(to: stack([.identity(40), .identity(40), .identity(40)]))
    #expect(rows.scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
    for total in rows.sum(along: -1).scalars { #expect(abs(total - 1) < 1e-5) }
  }

  @Test("cold, it is the sort; hot, the mean of all")
  func limits() {
    var generator = Philox(seed: 6)
    let scores = Tensor.randomNormal([50], using: &generator)
    let cold = NeuralSort(scores: scores, temperature: 1e-9).apply(to: scores).scalars
    #expect(cold == scores.scalars.sorted(by: >))
    let mean = scores.mean().item
    for value in NeuralSort(scores: scores, temperature: 1e9).apply(to: scores).scalars {
      #expect(abs(value - mean) < 1e-5)
    }
  }

  enum Banded: CaseIterable { case neuralSort, squaredSoftSort }

  @Test(
    "the banded value is never farther off than its bound: 1,000 cases", arguments: Banded.allCases)
  func banded(kind: Banded) {
    var generator = Philox(seed: 7)
    let rounding = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-5
    var used = 0.0
    for round in 0..<1000 {
      let n = 2 + Int(generator.next() % 80)
      let spread = Tensor.randomUniform([3], using: &generator).scalars.map { Double($0) }
      let error = Double(Tensor(Scalar(-1 - 12 * spread[0])).exp().item)
      let temperature = Double(Tensor(Scalar(6 * spread[1] - 4)).exp().item)
      let scores = Tensor.randomNormal([n], using: &generator)
      let payload = Tensor.randomUniform([n, 2], using: &generator)
      let (value, bound, full): (Tensor, Tensor, Tensor)
      switch kind {
      case .neuralSort:
        let sort = NeuralSort(scores: scores, temperature: temperature)
        (value, bound) = sort.apply(to: payload, error: error)
        full = sort.apply(to: payload)
      case .squaredSoftSort:
        let sort = SoftSort(scores: scores, temperature: temperature, power: .squared)
        (value, bound) = sort.apply(to: payload, error: error)
        full = sort.apply(to: payload)
      }
      let (high, low) = (payload.max(along: 0).scalars, payload.min(along: 0).scalars)
      let ranges = zip(high, low).map { Double($0 - $1) }
      for i in 0..<n {
        let limit = Double(bound.scalars[i])
        #expect(limit <= error * 1.001, "case \(round)")
        for c in 0..<2 {
          let off = abs(Double(value.scalars[i * 2 + c] - full.scalars[i * 2 + c]))
          #expect(off <= limit * ranges[c] + rounding, "case \(round), row \(i)")
          used = max(used, off / (limit * ranges[c]))
        }
      }
    }
    // A bound that is never used by much would prove nothing.
    #expect(used > 0.05)
  }

  @Test("the cross-entropy is that of the matrix")
  func entropy() {
    var generator = Philox(seed: 8)
    let scores = Tensor.randomNormal([2, 9], using: &generator)
    let truth = Tensor.randomUniform([2, 9], using: &generator)
    let order = NeuralSort(scores: truth, temperature: 1).order
    let sort = NeuralSort(scores: scores, temperature: 3)
    let expected = -(sort.matrix * order.oneHot(classes: 9)).sum(along: -1).log()
    for (a, b) in zip(sort.crossEntropy(against: order).scalars, expected.scalars) {
      #expect(abs(Double(a - b)) < 100 * Self.tolerance)
    }
    for power in [SoftSort.Power.absolute, .squared] {
      let soft = SoftSort(scores: scores, temperature: 2, power: power)
      let expected = -(soft.matrix * order.oneHot(classes: 9)).sum(along: -1).log()
      for (a, b) in zip(soft.crossEntropy(against: order).scalars, expected.scalars) {
        #expect(abs(Double(a - b)) < 100 * Self.tolerance)
      }
    }
    // Where the matrix has underflowed the loss is still there.
    let far = NeuralSort(scores: [0, 1000], temperature: 1)
    #expect(far.crossEntropy(against: Indices([0, 1], shape: [2])).scalars == [1000, 1000])
  }
}

extension NeuralSortExactnessTests {
  @Test("single precision keeps its digits where the published logits have lost theirs")
  func digits() {
    // Published logits reach a hundred million.
    let (n, temperature) = (1000, 1e-5)
    var generator = Philox(seed: 9)
    let scores = Tensor.randomUniform([n], using: &generator)
    let payload = Tensor.randomUniform([n], using: &generator)
    let sort = NeuralSort(scores: scores, temperature: temperature)
    let found = sort.apply(to: payload).scalars.map { Double($0) }
    let items = sort.order.values.map { Int($0) }
    let exact = items.map { Double(scores.scalars[$0]) }
    let keys = items.map { Float(scores.scalars[$0]) }
    let values = items.map { Double(payload.scalars[$0]) }
    let sums = keys.map { key in keys.reduce(0) { $0 + abs(key - $1) } }
    func blended(_ logits: [Double]) -> Double {
      let largest = logits.max() ?? 0
      let weights = logits.map { Double(Tensor(Scalar($0 - largest)).exp().item) }
      return zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
    var (kept, lost) = (0.0, 0.0)
    for row in stride(from: 0, to: n, by: 20) {
      let gaps = exact.indices.map { r in
        // The distance of the entry: what lies between counts twice.
        let between = r < row ? exact[(r + 1)..<max(row, r + 1)] : exact[min(row + 1, r)..<r]
        let inner = between.reduce(0) { $0 + abs($1 - exact[r]) }
        return -(abs(exact[row] - exact[r]) + 2 * inner) / temperature
      }
      let expected = blended(gaps)
      kept = max(kept, abs(found[row] - expected))
      let logits = keys.indices.map {
        Double((Float(n - 1 - 2 * row) * keys[$0] - sums[$0]) / Float(temperature))
      }
      lost = max(lost, abs(blended(logits) - expected))
    }
    #expect(kept < 1e-5 && lost > 0.1, "\(kept) and \(lost)")
  }
}

extension Tensor {
  static func identity(_ n: Int) -> Tensor {
    Indices(Array(0..<n), shape: [n]).oneHot(classes: n)
  }
}
