import CKernels
import Testing

/// An operand of a broadcast: its strides over a shape, and what it needs behind its pointer.
struct StridedOperand: Sendable {
  var strides: [Int]

  func offset(of index: [Int]) -> Int { zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } }
}

@Suite struct BroadcastTests {
  static let cases: [(shape: [Int], operands: [StridedOperand])] = [
    ([], [[], [], []]),
    ([0, 3], [[3, 1], [3, 1], [0, 1]]),
    ([1, 1], [[1, 1], [5, 7], [0, 0]]),
    ([100, 784], [[784, 1], [0, 1], [1, 0]]),
    ([5, 7], [[1, 5], [7, 1], [0, 0]]),
    ([2, 3, 4], [[12, 4, 1], [0, 4, 1], [4, 0, 1]]),
    ([3, 1, 5], [[5, 5, 1], [5, 0, 1], [0, 0, 3]]),
    ([4, 3, 2, 5], [[30, 10, 5, 1], [0, 10, 0, 2], [1, 4, 12, 24]]),
    ([50_000], [[1], [2], [0]]),
  ].map { ($0.0, $0.1.map(StridedOperand.init)) }

  static func indices(of shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, size in
      prefixes.flatMap { prefix in (0..<size).map { prefix + [$0] } }
    }
  }

  static func values(_ count: Int, _ seed: UInt64) -> [Float] {
    var x = [Float](repeating: 0, count: count)
    FloatKernels.uniform(seed, 0, count, &x)
    // Multiples of 1/8 tie now and then.
    return x.map { ($0 * 8).rounded() / 8 + 0.125 }
  }

  @Test("Binary operations broadcast as their strides say", arguments: 0..<9)
  func binary(place: Int) {
    let (shape, operands) = Self.cases[place]
    let (a, b) = (Self.values(120_000, 1), Self.values(120_000, 2))
    let indices = Self.indices(of: shape)
    for (operation, reference) in [
      (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }),
      (.divide, { $0 / $1 }), (.maximum, { max($0, $1) }), (.minimum, { min($0, $1) }),
      (.less, { $0 < $1 ? 1 : 0 }), (.less_equal, { $0 <= $1 ? 1 : 0 }),
      (.equal, { $0 == $1 ? 1 : 0 }),
    ] as [(dk_binary, (Float, Float) -> Float)] {
      for (first, second) in [(0, 1), (1, 2), (2, 0), (0, 0)] {
        var y = [Float](repeating: .nan, count: indices.count)
        FloatKernels.binary(
          operation, shape.count, shape, a, operands[first].strides, b,
          operands[second].strides, &y)
        let expected = indices.map {
          reference(a[operands[first].offset(of: $0)], b[operands[second].offset(of: $0)])
        }
        #expect(y == expected)
      }
    }
  }

  @Test("Selections and copies follow their strides", arguments: 0..<9)
  func selectAndCopy(place: Int) {
    let (shape, operands) = Self.cases[place]
    let indices = Self.indices(of: shape)
    let rank = shape.count
    let a = Self.values(120_000, 1)
    let b = Self.values(120_000, 2)
    var mask = a
    FloatKernels.bernoulli(3, mask.count, 0.5, &mask)
    var y = [Float](repeating: .nan, count: indices.count)
    FloatKernels.select(
      rank, shape, mask, operands[0].strides, a, operands[1].strides, b, operands[2].strides, &y)
    #expect(
      y
        == indices.map {
          mask[operands[0].offset(of: $0)] != 0
            ? a[operands[1].offset(of: $0)] : b[operands[2].offset(of: $0)]
        })
    for operand in operands {
      FloatKernels.copy(rank, shape, a, operand.strides, &y)
      #expect(y == indices.map { a[operand.offset(of: $0)] })
      var sums = [Float](repeating: 0, count: a.count)
      var expected = sums
      FloatKernels.scatterAdd(rank, shape, y, &sums, operand.strides)
      for (value, index) in zip(y, indices) { expected[operand.offset(of: index)] += value }
      #expect(sums == expected)
      var copy = [Float](repeating: 0, count: a.count)
      FloatKernels.scatterCopy(rank, shape, y, &copy, operand.strides)
      #expect(indices.map { copy[operand.offset(of: $0)] } == y)
    }
  }

  @Test("The maximum of a number and NaN is NaN")
  func notANumber() {
    var y: [Float] = [0, 0]
    for operation in [dk_binary.maximum, .minimum] {
      FloatKernels.binary(operation, 1, [2], [.nan, 1], [1], [1, .nan], [1], &y)
      #expect(y[0].isNaN && y[1].isNaN)
    }
  }
}
