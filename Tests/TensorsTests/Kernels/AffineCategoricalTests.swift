import CKernels
import Foundation
import Tensors
import Testing

/// Classes drawn of x weight + bias without logits, beside the same draws from logits.
struct AffineCategoricalTests {
  private func draw(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor, key: UInt64
  ) -> (isDone: Bool, fused: [Int32], plain: [Int32]) {
    let (rows, inputs, classes) = (x.shape[0], x.shape[1], weight.shape[1])
    var isDone = false
    let fused = Indices(shape: [rows]) { buffer in
      guard let target = buffer.baseAddress else { return }
      isDone = x.withBase { x in
        weight.withBase { weight in
          bias.withBase {
            Kernels.affineCategorical(key, rows, inputs, classes, x, weight, $0, target)
          }
        }
      }
    }
    let plain = Indices(shape: [rows]) { buffer in
      guard let target = buffer.baseAddress else { return }
      x.affine(weight, bias).contiguous().withBase {
        Kernels.categorical(key, rows, classes, $0, rows, target)
      }
    }
    return (isDone, fused.values, plain.values)
  }

  // Both invert the distribution function at one uniform of the row, so that only rounding can tell
  // them apart. More than 128 classes, whose uniforms are of the same kind; sizes beside those of
  // strips and blocks.
  @Test(
    "the draws are those from logits", arguments: [(129, 3), (256, 1), (300, 7), (1037, 32)])
  func draws(classes: Int, inputs: Int) {
    var generator = Philox(seed: 5)
    let rows = 1003
    let x = Tensor.randomNormal([rows, inputs], using: &generator)
    let weight = Tensor.randomNormal([inputs, classes], using: &generator)
    let bias = Tensor.randomNormal([classes], using: &generator) * 3
    let (isDone, fused, plain) = draw(x, weight, bias, key: 9)
    #expect(isDone)
    let apart = zip(fused, plain).filter { $0 != $1 }.count
    #expect(apart <= 2, "\(apart) of \(rows) rows")
    #expect(Set(fused).count > 20)
  }

  @Test("few classes are as frequent as they are probable")
  func frequencies() {
    let rows = 100_000
    let logits: [Scalar] = [0.5, -1, -.infinity, 2, 0]
    let (isDone, fused, _) = draw(
      .zeros([rows, 1]), .zeros([1, 5]), Tensor(logits), key: 11)
    #expect(isDone)
    let weights = logits.map { exp(Double($0)) }
    for (place, weight) in weights.enumerated() {
      let p = weight / weights.reduce(0, +)
      let share = Double(fused.filter { $0 == Int32(place) }.count) / Double(rows)
      // Five deviations: one in a million for each of five classes.
      #expect(abs(share - p) <= 5 * (p * (1 - p) / Double(rows)).squareRoot())
    }
  }

  @Test("huge logits, none that are finite, and too many classes")
  func edges() {
    var bias = [Scalar](repeating: -1e30, count: 700)
    bias[613] = 1e30
    let one = draw(.zeros([9, 2]), .zeros([2, 700]), Tensor(bias), key: 1)
    #expect(one.fused == [Int32](repeating: 613, count: 9))
    let none = draw(
      .zeros([3, 1]), .zeros([1, 40]), .full(-.infinity, [40]), key: 1)
    #expect(none.fused == [0, 0, 0])
    let many = draw(.zeros([1, 1]), .zeros([1, 65_537]), .zeros([65_537]), key: 1)
    #expect(!many.isDone)
  }
}
