import RealModule
import Stochastics
import Tensors
import Testing

/// The inputs of `Benchmarks/peers/torch_struct_faults.py`, on which torch-struct is wrong, with
/// answers from lists of all states.
struct PeerFaultsExactnessTests {
  private static let isDouble = MemoryLayout<Scalar>.size == 8

  private func score(_ index: Int) -> Double { Double(index * 37 % 11) * 0.3 - 1.2 }

  @Test("a chain with scores of 8e5: the best state's log-probability, and none above zero")
  func largeScores() {
    let shape = Chain(steps: 6, labels: 2)
    var scores = [Scalar](repeating: 0, count: shape.partCount)
    for step in 0..<5 {
      for (from, to) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        scores[12 + step * 4 + from * 2 + to] = Scalar(8e5 + score(step * 4 + to * 2 + from))
      }
    }
    let law = Gibbs(logits: Tensor(scores), structure: shape)
    // In single precision scores are rounded to sixteenths before they come here.
    let best = Double(law.logProbability(law.mode()).scalars[0])
    #expect(
      abs(best - (Self.isDouble ? -1.5141836214 : -1.5591123)) < (Self.isDouble ? 1e-8 : 1e-6))
    let all = law.logProbability(law.states()).scalars.map { Double($0) }
    #expect(all.allSatisfy { $0 <= 0 })
    #expect(abs(all.reduce(0) { $0 + .exp($1) } - 1) < (Self.isDouble ? 1e-8 : 1e-5))
  }

  @Test("alignments of different sizes in one batch")
  func unevenAlignments() {
    let whole = Alignment(rows: 4, columns: 4)
    let scores = Tensor((0..<96).map { Scalar(score($0)) }, shape: [2, 48])
    let law = Gibbs(
      logits: scores, structure: whole, members: [whole, Alignment(rows: 3, columns: 3)])
    let sums = law.logNormalizer.scalars.map { Double($0) }
    let logs = law.logProbability(law.mode()).scalars
    #expect(logs.allSatisfy { $0 <= 0 })
    for (row, exact) in [(sum: 8.64632343445115, best: 7.2), (sum: 4.672833719447079, best: 4.2)]
      .enumerated()
    {
      #expect(abs(sums[row] - exact.sum) < (Self.isDouble ? 1e-12 : 1e-5))
      #expect(abs(Double(logs[row]) - exact.best + exact.sum) < (Self.isDouble ? 1e-12 : 1e-5))
    }
  }

  @Test("segmentations of different lengths in one batch: the longer one is as it is alone")
  func unevenSegmentations() {
    let (long, short) = (Segmentation(steps: 5, longest: 3), Segmentation(steps: 3, longest: 3))
    // The peer counts lengths from zero.
    let scores = Tensor(
      (0..<2).flatMap { row in
        (0..<5).flatMap { start in (1...3).map { Scalar(score((row * 5 + start) * 4 + $0)) } }
      }, shape: [2, 15])
    let alone = Gibbs(logits: scores.sliced(along: 0, 0..<1), structure: long)
    let together = Gibbs(logits: scores, structure: long, members: [long, short])
    #expect(together.logNormalizer.scalars[0] == alone.logNormalizer.scalars[0])
    #expect(
      abs(Double(alone.logNormalizer.scalars[0]) - 3.363552209087857)
        < (Self.isDouble ? 1e-12 : 1e-6))
    let modes = together.mode().tensor.scalars
    #expect(Array(modes[0..<15]) == alone.mode().tensor.scalars)
  }
}
