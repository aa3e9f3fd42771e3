import Stochastics
import Tensors
import Testing

struct SinkhornTests {
  @Test("no items, one item, no matrices")
  func sizes() {
    let none = Sinkhorn(scores: .zeros([2, 0, 0]), temperature: 1)
    #expect(none.matrix.shape == [2, 0, 0] && none.residual.scalars == [0, 0])
    #expect(none.rounded().shape == [2, 0])
    #expect(Sinkhorn(scores: .zeros([0, 3, 3]), temperature: 1).matrix.shape == [0, 3, 3])
    let one = valueWithGradient(at: Tensor([-1e4], shape: [1, 1])) {
      Sinkhorn(scores: $0, temperature: 1e-3).matrix
    }
    #expect(one.value.scalars == [1] && one.gradient.scalars == [0])
    #expect(Assignment(scores: .zeros([2, 0, 0])).value.scalars == [0, 0])
    #expect(
      gradient(at: .zeros([0, 3, 3])) { Sinkhorn(scores: $0, temperature: 1).matrix }.count == 0)
  }

  @Test(
    "scores of ten thousand, forbidden pairs, any temperature: no NaN, rows add up to one",
    arguments: [1e-3, 1, 1e6], [1, 3, 200])
  func extremes(temperature: Double, iterations: Int) {
    var generator = Philox(seed: 1)
    let normal = Tensor.randomNormal([4, 9, 9], using: &generator)
    let off = Tensor((0..<81).map { $0 % 10 == 0 ? 0 : -.infinity }, shape: [9, 9])
    let lower = Tensor((0..<81).map { $0 % 9 <= $0 / 9 ? 0 : -.infinity }, shape: [9, 9])
    for scores in [normal * 1e4, normal.sign() * 1e4, normal + off, normal * 1e4 + lower] {
      let result = valueWithGradient(at: scores) {
        Sinkhorn(scores: $0, temperature: temperature, iterations: iterations).matrix
          * normal
      }
      #expect(result.value.allFinite && result.gradient.allFinite)
      let plan = Sinkhorn(scores: scores, temperature: temperature, iterations: iterations)
      #expect(plan.residual.allFinite)
      for sum in plan.matrix.sum(along: -1).scalars { #expect(abs(sum - 1) < 1e-5) }
      #expect(plan.iterations.values.allSatisfy { $0 >= 1 && $0 <= iterations })
    }
  }

  @Test("one iteration is the softmax over items")
  func first() {
    var generator = Philox(seed: 2)
    let scores = Tensor.randomNormal([3, 5, 5], using: &generator)
    let plan = Sinkhorn(scores: scores, temperature: 0.5, tolerance: 1e-30, iterations: 1)
    for (a, b) in zip(plan.matrix.scalars, (scores * 2).softmax(along: -1).scalars) {
      #expect(abs(a - b) < 1e-6)
    }
  }

  @Test("adding a number to a row or a column changes no plan")
  func invariance() {
    var generator = Philox(seed: 3)
    let scores = Tensor.randomNormal([6, 6], using: &generator)
    let moved =
      scores + Tensor.randomNormal([6, 1], using: &generator) * 3
      + Tensor.randomNormal([1, 6], using: &generator) * 3
    let plans = [scores, moved].map {
      Sinkhorn(scores: $0, temperature: 1, tolerance: 1e-6, iterations: 10_000).matrix.scalars
    }
    for (a, b) in zip(plans[0], plans[1]) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("a plan is applied to a payload, spread over samples that only the plan has")
  func payload() {
    var generator = Philox(seed: 4)
    let scores = Tensor.randomNormal([3, 2, 4, 4], using: &generator)
    let plan = Sinkhorn(scores: scores, temperature: 1)
    let payload = Tensor.randomNormal([2, 4, 2, 3], using: &generator)
    let spread = plan.apply(to: payload)
    #expect(spread.shape == [3, 2, 4, 2, 3])
    let whole = plan.apply(to: payload.expandingDimensions(at: 0).broadcast(to: [3, 2, 4, 2, 3]))
    for (a, b) in zip(spread.scalars, whole.scalars) { #expect(abs(a - b) < 1e-6) }
    let vector = Sinkhorn(
      scores: scores.sliced(along: 0, 0..<1).reshaped([2, 4, 4]), temperature: 1)
    #expect(vector.apply(to: [1, 2, 3, 4]).shape == [2, 4])
  }

  @Test("what makes no sense traps")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = Sinkhorn(scores: .zeros([2, 3]), temperature: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Sinkhorn(scores: .zeros([2, 2]), temperature: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = Sinkhorn(scores: .full(.nan, [2, 2]), temperature: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Sinkhorn(scores: Tensor([1, -.infinity, 1, -.infinity], shape: [2, 2]), temperature: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Assignment(scores: Tensor([1, -.infinity, 1, -.infinity], shape: [2, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Assignment(scores: Tensor([.infinity, 1, 1, 1], shape: [2, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Sinkhorn(scores: .zeros([2, 2]), temperature: 1).apply(to: .zeros([3, 2]))
    }
  }
}
