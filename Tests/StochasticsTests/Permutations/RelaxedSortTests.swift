import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct RelaxedSortTests {
  @Test("no items, one item, no columns, more rows than items")
  func sizes() {
    let none = NeuralSort(scores: .zeros([2, 0]), temperature: 1)
    #expect(none.apply(to: .zeros([2, 0, 3])).shape == [2, 0, 3])
    #expect(none.matrix.shape == [2, 0, 0])
    #expect(none.crossEntropy(against: Indices([], shape: [2, 0])).shape == [2, 0])
    #expect(none.topRows(4, of: .zeros([2, 0, 3])).shape == [2, 0, 3])
    let one = NeuralSort(scores: [5], temperature: 1)
    #expect(one.apply(to: [7]).scalars == [7])
    #expect(one.apply(to: [7], error: 0.1).bound.scalars == [0])
    #expect(one.matrix.scalars == [1])
    let three = NeuralSort(scores: [1, 3, 2], temperature: 1)
    #expect(three.topRows(9, of: [1, 2, 3]).scalars == three.apply(to: [1, 2, 3]).scalars)
    #expect(three.topRows(0, of: [1, 2, 3]).shape == [0])
    #expect(three.apply(to: .zeros([3, 0])).shape == [3, 0])
    let soft = SoftSort(scores: .zeros([2, 0]), temperature: 1)
    #expect(soft.apply(to: .zeros([2, 0, 3])).shape == [2, 0, 3])
    #expect(SoftSort(scores: [5], temperature: 1).apply(to: [7]).scalars == [7])
    #expect(SoftSort(scores: [1, 2], temperature: 1).apply(to: .zeros([2, 0])).shape == [2, 0])
  }

  @Test("gradients of no items, of one, of no columns and of no rows are zeros of the right shape")
  func emptyGradients() {
    for (shape, rest, rows) in [([2, 0], [3], 0), ([1], [2], 1), ([3], [0], 3), ([3], [2], 0)] {
      let slopes = gradient(at: .zeros(shape)) {
        NeuralSort(scores: $0, temperature: 1).topRows(rows, of: .ones(shape + rest))
      }
      #expect(slopes.shape == shape && slopes.scalars.allSatisfy { $0 == 0 })
      let others = gradient(at: .zeros(shape)) {
        SoftSort(scores: $0, temperature: 1).apply(to: .ones(shape + rest))
      }
      #expect(others.shape == shape && others.scalars.allSatisfy { abs($0) < 1e-6 })
    }
  }

  @Test("the first rows are those of the whole", arguments: [1, 5, 40, 90])
  func topRows(k: Int) {
    var generator = Philox(seed: 1)
    let scores = Tensor.randomNormal([2, 90], using: &generator)
    let payload = Tensor.randomNormal([2, 90, 2], using: &generator)
    let sort = NeuralSort(scores: scores, temperature: 0.2)
    let whole = sort.apply(to: payload).sliced(along: 1, 0..<k)
    #expect(sort.topRows(k, of: payload).scalars == whole.scalars)
    let weights = Tensor.randomNormal([2, k, 2], using: &generator)
    let few = gradient(at: scores) {
      NeuralSort(scores: $0, temperature: 0.2).topRows(k, of: payload) * weights
    }
    let all = gradient(at: scores) {
      NeuralSort(scores: $0, temperature: 0.2).apply(to: payload).sliced(along: 1, 0..<k) * weights
    }
    for (a, b) in zip(few.scalars, all.scalars) { #expect(abs(a - b) < 1e-3) }
  }

  @Test("the gradient of scores sums to zero, for thousands of items and far apart")
  func invariance() {
    var generator = Philox(seed: 2)
    let scores = Tensor.randomNormal([3000], using: &generator) + 100
    let payload = Tensor.randomNormal([3000, 2], using: &generator)
    for temperature in [0.001, 1, 1000] {
      let slopes = gradient(at: scores) {
        NeuralSort(scores: $0, temperature: temperature).apply(to: payload)
      }
      let size = slopes.abs().sum().item
      #expect(size.isFinite && abs(slopes.sum().item) <= 1e-4 * max(1, size))
    }
  }

  @Test("any extreme of scores and temperature gives finite values and gradients")
  func extremes() {
    let payload: Tensor = [1, 2, 3, 4]
    for scores in [[1e4, -1e4, 0, 0], [1e30, -1e30, 1, 2], [0, 0, 0, 0]] as [Tensor] {
      for temperature in [1e-6, 1, 1e6] {
        let neural = valueWithGradient(at: scores) {
          NeuralSort(scores: $0, temperature: temperature).apply(to: payload)
        }
        let soft = valueWithGradient(at: scores) {
          SoftSort(scores: $0, temperature: temperature).apply(to: payload)
        }
        for result in [neural, soft] {
          #expect(result.value.allFinite)
          #expect(result.gradient.allFinite)
        }
      }
    }
  }

  @Test(
    "SoftSort by recurrences, and over its band, is its matrix",
    arguments: [SoftSort.Power.absolute, .squared], [0.01, 1, 100])
  func softSort(power: SoftSort.Power, temperature: Double) {
    var generator = Philox(seed: 3)
    // Some equal.
    let scores = (Tensor.randomNormal([2, 120], using: &generator) * 20).floor() * 0.05
    for width in [1, 4] {
      let payload = Tensor.randomNormal([2, 120, width], using: &generator)
      let sort = SoftSort(scores: scores, temperature: temperature, power: power)
      let expected = sort.matrix.matmul(payload)
      for (a, b) in zip(sort.apply(to: payload).scalars, expected.scalars) {
        #expect(abs(a - b) < 1e-4)
      }
    }
  }

  @Test("orders agree with a stable sort", arguments: [1, 2, 63, 64, 1000, 70_000])
  func order(n: Int) {
    var generator = Philox(seed: UInt64(n))
    // Few values, both zeros among them.
    let scores = (Tensor.randomNormal([n], using: &generator) * 3).floor() * 0.5
    let expected = scores.scalars.enumerated().sorted {
      $0.element != $1.element ? $0.element > $1.element : $0.offset < $1.offset
    }
    #expect(
      NeuralSort(scores: scores, temperature: 1).order.values == expected.map { Int32($0.offset) })
  }

  @Test("the first place of relaxed samples has the law of the worths: chi-square")
  func law() {
    var generator = Philox(seed: 4)
    let worths = Tensor([0.5, 0.3, 0.2])
    let sort = NeuralSort(
      logWorths: worths.log(), temperature: 0.5, count: 50_000, using: &generator)
    let first = sort.apply(
      to: Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [1, 3, 3])
        .broadcast(to: [50_000, 3, 3])
    ).sliced(along: 1, at: 0).argmax(along: -1)
    let counts = (0..<3).map { label in first.values.filter { $0 == Int32(label) }.count }
    #expect(ChiSquare(observed: counts, probabilities: [0.5, 0.3, 0.2]).pValue > 1e-6)
  }

  @Test("a temperature is a quantile of the gaps")
  func temperature() {
    let scores: Tensor = [7, 0, 1, 3, 3]
    #expect(NeuralSort.temperature(for: scores, blending: 0) == 1)
    #expect(NeuralSort.temperature(for: scores, blending: 0.5) == 2)
    #expect(NeuralSort.temperature(for: scores, blending: 1) == 4)
    #expect(NeuralSort.temperature(for: [2, 2]) == 1)
    #expect(SoftSort.temperature(for: scores) == 2)
    #expect(SoftSort.temperature(for: scores, power: .squared) == 4)
    #expect(SoftSort.temperature(for: [0, 1e-30], power: .squared) > 0)
    #expect(NeuralSort.temperature(for: .zeros([0])) == 1)
  }

  @Test("what makes no sense traps")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = NeuralSort(scores: Tensor([1, .nan]), temperature: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = SoftSort(scores: Tensor([1, -.infinity]), temperature: 1)
    }
    await #expect(processExitsWith: .failure) { _ = NeuralSort(scores: [1, 2], temperature: 0) }
    await #expect(processExitsWith: .failure) { _ = SoftSort(scores: [1, 2], temperature: -1) }
    await #expect(processExitsWith: .failure) {
      _ = NeuralSort(scores: [1, 2], temperature: 1).apply(to: .zeros([3, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = NeuralSort(scores: [1, 2], temperature: 1).apply(to: [1, 2], error: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = NeuralSort(scores: [1, 2], temperature: 1)
        .crossEntropy(against: Indices([0, 0], shape: [2]))
    }
  }
}
