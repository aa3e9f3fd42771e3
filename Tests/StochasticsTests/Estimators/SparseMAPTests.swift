import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct SparseMAPTests {
  private let isDouble = MemoryLayout<Scalar>.size == 8

  private func cost(_ z: Tensor) -> Tensor {
    let weights = Tensor((0..<(z.shape.last ?? 0)).map { Scalar($0 * 7 % 5) * 0.5 - 1 })
    return (z * weights).sum(along: -1).squared()
  }

  private func value<Shape: Structure>(
    _ logits: Tensor, _ shape: Shape, _ cost: (Tensor) -> Tensor
  ) -> Tensor {
    var (estimator, generator) = (SparseMAP<Gibbs<Shape>>(), Philox(seed: 0))
    return estimator.expectation(
      over: Gibbs(logits: logits, structure: shape), using: &generator,
      of: { (z: Tensor, _: inout Philox) -> Tensor in cost(z) })
  }

  /// The mean of the sparse law, part by part: the expectation of each indicator.
  private func mean<Shape: Structure>(_ logits: Tensor, _ shape: Shape) -> [Double] {
    (0..<shape.partCount).map { part in
      Double(value(logits, shape) { $0.sliced(along: -1, at: part) }.item)
    }
  }

  private func expectNearest<Shape: Structure>(_ shape: Shape, seed: UInt64, scale: Scalar) {
    var generator = Philox(seed: seed)
    let logits = Tensor.randomNormal([1, shape.partCount], using: &generator) * scale
    let (mean, scores) = (mean(logits, shape), logits.scalars.map { Double($0) })
    // The point of a convex set is nearest if no state lies further along what is beyond it.
    let present = zip(mean, scores).reduce(0) { $0 + $1.0 * ($1.1 - $1.0) }
    for state in shape.engine.states() {
      let along = state.reduce(0) { $0 + scores[$1] - mean[$1] }
      #expect(along - present < (isDouble ? 1e-5 : 1e-4) * Double(max(1, scale)))
    }
  }

  @Test("the mean is the nearest point of the convex hull", arguments: 0..<20)
  func projection(seed: Int) {
    for scale: Scalar in [0.1, 1, 10] {
      expectNearest(Chain(steps: 3, labels: 2), seed: UInt64(seed), scale: scale)
      expectNearest(BinaryTree(leaves: 5), seed: UInt64(seed), scale: scale)
      expectNearest(SpanningTree(vertices: 4), seed: UInt64(seed), scale: scale)
    }
  }

  /// The value is linear in the scores where the support stays, and where it changes the gradient
  /// is that of one side.
  @Test("the gradient is that of the value by finite differences", arguments: 0..<6)
  func differences(seed: Int) {
    let shape = SpanningTree(vertices: 4)
    var generator = Philox(seed: UInt64(100 + seed))
    let start = Tensor.randomNormal([1, shape.partCount], using: &generator) * 0.5
    let slopes = gradient(at: start) { value($0, shape, cost).sum() }.scalars
    let step: Scalar = isDouble ? 1e-5 : 1e-3
    for part in 0..<shape.partCount {
      var move = [Scalar](repeating: 0, count: shape.partCount)
      move[part] = step
      let (up, down) = (
        value(start + Tensor(move), shape, cost).item, value(start - Tensor(move), shape, cost).item
      )
      let here = value(start, shape, cost).item
      let errors = [(up - here) / step, (here - down) / step].map { abs($0 - slopes[part]) }
      #expect((errors.min() ?? .infinity) < (isDouble ? 1e-6 : 2e-2))
    }
  }

  @Test("a batch has the values of its members, though their supports differ")
  func batch() {
    let shape = BinaryTree(leaves: 5)
    var generator = Philox(seed: 51)
    let logits = Tensor.randomNormal([4, shape.partCount], using: &generator)
    let together = value(logits, shape, cost).scalars
    for row in 0..<4 {
      let alone = value(logits.sliced(along: 0, row..<(row + 1)), shape, cost).item
      #expect(abs(together[row] - alone) < 1e-5)
    }
  }

  @Test("scores far apart leave one state, without a gradient")
  func extreme() {
    let shape = BinaryTree(leaves: 4)
    let best = shape.engine.states()[2]
    let logits = Tensor(
      (0..<shape.partCount).map { best.contains($0) ? 8e5 : -8e5 }, shape: [1, shape.partCount])
    let state = Tensor(
      (0..<shape.partCount).map { best.contains($0) ? 1 : 0 }, shape: [1, shape.partCount])
    #expect(value(logits, shape, cost).item == cost(state).item)
    #expect(gradient(at: logits) { value($0, shape, cost).sum() }.squared().sum().item == 0)
  }
}
