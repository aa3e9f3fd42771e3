import Tensors
import Testing

@testable import Stochastics

/// Entries that share a structure are summed side by side.
struct GibbsBlocksExactnessTests {
  /// Scores of eleven entries, which are two blocks: usual ones, far ones, and forbidden parts that
  /// leave a state.
  private func scores<Shape: Structure>(_ shape: Shape, seed: UInt64) -> Tensor {
    var generator = Philox(seed: seed)
    let n = shape.partCount
    var rows = Tensor.randomNormal([11, n], using: &generator).scalars
    for part in 0..<n {
      rows[3 * n + part] *= 1e3
      rows[9 * n + part] *= 300
    }
    let kept = Set(shape.engine.mode(of: [Double](repeating: 0, count: n)))
    for part in 0..<n where !kept.contains(part) {
      for row in [5, 10] where Bool.random(using: &generator) { rows[row * n + part] = -.infinity }
    }
    return Tensor(rows, shape: [11, n])
  }

  @Test("an entry has the same bits in a block, in another order and alone")
  func company() {
    func check<Shape: Structure>(_ shape: Shape) {
      let n = shape.partCount
      let all = scores(shape, seed: 1).variable()
      var generator = Philox(seed: 2)
      let vectors = Tensor.randomNormal([11, n], using: &generator)
      func answers(_ logits: Tensor, _ vectors: Tensor, keys: [UInt64]) -> [[Scalar]] {
        let law = Gibbs(logits: logits, structure: shape)
        let samples = law.sample(2, keys: keys)
        let probability = law.logProbability(samples)
        let goal = Gibbs(logits: vectors, structure: shape)
        let total =
          (law.logNormalizer + law.entropy() + probability.sum(along: 0)).sum()
          + (law.marginals * vectors).sum()
        let slopes = gradients(of: total, withRespectTo: [logits])[0]
        let count = keys.count
        var lines: [Tensor] = [law.marginals, law.covariance(times: vectors), slopes]
        lines += [law.mode().tensor, samples.tensor.sliced(along: 0, at: 0)]
        lines += [samples.tensor.sliced(along: 0, at: 1)]
        var numbers: [Tensor] = [law.logNormalizer, law.entropy(), law.klDivergenceToUniform()]
        numbers += [probability.sliced(along: 0, at: 0), goal.klDivergence(to: law)]
        let columns: [Tensor] =
          lines.map { $0.detached().reshaped([count, n]) }
          + numbers.map { $0.detached().reshaped([count, 1]) }
        let table = concatenate(columns, along: 1)
        let (width, values) = (table.shape[1], table.scalars)
        return (0..<count).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
      }
      let keys = (0..<11).map { UInt64(40 + $0) }
      let together = answers(all, vectors, keys: keys)
      let order = [10, 3, 0, 9, 1, 8, 2, 7, 4, 6, 5]
      func picked(_ tensor: Tensor, _ rows: [Int]) -> Tensor {
        tensor.detached().gathering(Indices(rows, shape: [rows.count]), along: 0)
      }
      let shuffled = answers(
        picked(all, order).variable(), picked(vectors, order), keys: order.map { keys[$0] })
      for row in 0..<11 {
        let alone = answers(
          picked(all, [row]).variable(), picked(vectors, [row]), keys: [keys[row]])[0]
        let other = shuffled[order.firstIndex(of: row) ?? 0]
        // Bits are compared: a divergence that is infinite is, and NaN would show.
        #expect(
          together[row].map(\.bitPattern) == alone.map(\.bitPattern), "row \(row) of \(shape)")
        #expect(other.map(\.bitPattern) == alone.map(\.bitPattern), "row \(row) of \(shape)")
        #expect(alone.allSatisfy { !$0.isNaN })
      }
    }
    check(Chain(steps: 5, labels: 3))
    check(Segmentation(steps: 6, longest: 3, labels: 2))
    check(BinaryTree(leaves: 6, labels: 2))
    check(Alignment(rows: 3, columns: 4))
    check(Brackets(pairs: 4))
    check(ProjectiveDependencies(words: 4))
    check(ProjectiveDependencies(words: 4, roots: .one))
    check(Arborescence(words: 6))
    check(Arborescence(words: 4, roots: .one))
    check(SpanningTree(vertices: 6))
  }

  @Test(
    "elimination of weights has the sums of the derivations of logarithms, whatever their number",
    arguments: [RootCount.many, .one], 1...26)
  func elimination(roots: RootCount, words: Int) {
    let engine = Arborescence(words: words, roots: roots).engine
    var generator = Philox(seed: UInt64(words))
    func numbers() -> [Double] {
      Tensor.randomNormal([3, engine.partCount], using: &generator).scalars.map { Double($0) }
    }
    let (scores, vectors) = (numbers(), numbers())
    let (weights, sums) = (
      engine.chart(of: scores, rows: 3), engine.sums.chart(of: scores, rows: 3)
    )
    for (a, b) in zip(weights.logNormalizers, sums.logNormalizers) {
      #expect(abs(a - b) < 1e-12 * max(1, abs(b)))
    }
    let eliminated = EliminatedWeights(
      scores, rows: 3, arcs: engine.arcs, partCount: engine.partCount)
    #expect(eliminated.logNormalizers == weights.logNormalizers)
    for (a, b) in zip(weights.marginals, sums.marginals) { #expect(abs(a - b) < 1e-12) }
    let products = zip(weights.covariance(times: vectors), sums.covariance(times: vectors))
    for (a, b) in products { #expect(abs(a - b) < 1e-11) }
    // Every word has one head.
    let heads = weights.marginals.reduce(0, +)
    #expect(abs(heads - Double(3 * words)) < 1e-11 * Double(words))
  }
}
