import Tensors
import Testing

struct MatrixProductTests {
  static func naive(_ a: Tensor, _ b: Tensor) -> [Double] {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    return places(of: [m, n]).map { place in
      (0..<k).reduce(0.0) { $0 + a.at([place[0], $1]) * b.at([$1, place[1]]) }
    }
  }

  static let sizes = [
    [2, 3, 4], [1, 3, 1], [1, 1, 5], [5, 1, 1], [3, 0, 2], [0, 3, 2], [2, 3, 0], [17, 33, 9],
    [1, 64, 1], [64, 1, 64],
  ]

  @Test("equal triple loops for every layout of the operands", arguments: sizes)
  func layouts(sizes: [Int]) {
    var generator = Philox(seed: 3)
    let a = randomTensor([sizes[0], sizes[1]], using: &generator)
    let b = randomTensor([sizes[1], sizes[2]], using: &generator)
    let expected = Self.naive(a, b)
    for left in Layout.allCases {
      for right in Layout.allCases {
        let product = left.seen(left.stored(a)).matmul(right.seen(right.stored(b)))
        #expect(product.shape == [sizes[0], sizes[2]])
        #expect(agree(doubles(product), expected, units: 64), "\(left) times \(right)")
      }
    }
  }

  @Test("take broadcast operands and slices of either axis")
  func strides() {
    var generator = Philox(seed: 4)
    let x = randomTensor([6, 6], using: &generator)
    let row = randomTensor([1, 6], using: &generator).broadcast(to: [6, 6])
    let views = [
      x.sliced(along: 0, 2..<4), x.sliced(along: 0, 1..<2), row, x, row.transposed(),
      x.sliced(along: 1, 2..<4).transposed(), x.transposed().sliced(along: 0, 3..<4),
    ]
    for a in views where a.shape[1] == 6 {
      for b in views {
        let b = b.shape[0] == 6 ? b : b.transposed()
        #expect(agree(doubles(a.matmul(b)), Self.naive(a, b), units: 64))
      }
    }
  }

  @Test("broadcast leading axes")
  func batches() {
    var generator = Philox(seed: 5)
    let cases: [([Int], [Int], [Int])] = [
      ([2, 3, 4], [4, 2], [2, 3, 2]), ([3, 4], [5, 4, 2], [5, 3, 2]),
      ([2, 1, 3, 4], [5, 4, 2], [2, 5, 3, 2]), ([2, 3, 0], [0, 2], [2, 3, 2]),
      ([0, 3, 4], [4, 2], [0, 3, 2]), ([2, 3, 0], [2, 0, 2], [2, 3, 2]),
    ]
    for (left, right, shape) in cases {
      let (a, b) = (
        randomTensor(left, using: &generator), randomTensor(right, using: &generator)
      )
      let product = a.matmul(b)
      #expect(product.shape == shape)
      let batch = Array(shape.dropLast(2))
      let wholeA = a.broadcast(to: batch + left.suffix(2))
      let wholeB = b.broadcast(to: batch + right.suffix(2))
      let expected = places(of: shape).map { place in
        (0..<left[left.count - 1]).reduce(0.0) { sum, k in
          let (row, column) = (place[place.count - 2], place[place.count - 1])
          let head = Array(place.dropLast(2))
          return sum + wholeA.at(head + [row, k]) * wholeB.at(head + [k, column])
        }
      }
      #expect(agree(doubles(product), expected, units: 64))
    }
  }

  @Test(
    "of bits are the same as of scalars, sparse or not, centered or not", arguments: [0.1, 0.8])
  func bits(density: Double) {
    var generator = Philox(seed: 6)
    let values = (0..<60).map { _ in Double.random(in: 0..<1, using: &generator) < density }
    let bits = Bits(values, shape: [2, 3, 10])
    let dense = Tensor(bits.tensor.scalars, shape: [2, 3, 10])
    let (weight, bias, center) = (
      randomTensor([10, 4], using: &generator).variable(),
      randomTensor([4], using: &generator).variable(), randomTensor([10], using: &generator)
    )
    for center in [nil, center] {
      let sums = bits.tensor.affine(weight, bias, centeredBy: center)
      let products = (center.map { dense - $0 } ?? dense).matmul(weight) + bias
      #expect(sums.shape == [2, 3, 4])
      #expect(agree(doubles(sums), doubles(products), units: 64))
      let slopes = [sums, products].map {
        gradients(of: $0.squared(), withRespectTo: [weight, bias])
      }
      for (own, other) in zip(slopes[0], slopes[1]) {
        #expect(agree(doubles(own), doubles(other), units: 512))
      }
    }
  }

  @Test(
    "of many bits and of their signs are the same as of scalars, with both derivatives",
    arguments: [0.05, 0.5], [false, true])
  func manyBits(density: Double, isSigned: Bool) {
    var generator = Philox(seed: 7)
    let (rows, inputs, outputs) = (70, 50, 40)
    let values = (0..<(rows * inputs)).map { _ in
      Double.random(in: 0..<1, using: &generator) < density
    }
    let bits = Bits(values, shape: [2, 35, inputs])
    let marked = isSigned ? bits.signs : bits.tensor
    let dense = Tensor(marked.scalars, shape: [2, 35, inputs])
    #expect(marked.scalars == values.map { $0 ? 1 : isSigned ? -1 : 0 })
    let (weight, bias, center) = (
      randomTensor([inputs, outputs], using: &generator).variable(),
      randomTensor([outputs], using: &generator).variable(),
      randomTensor([inputs], using: &generator)
    )
    for center in [nil, center] {
      let results = [marked, dense].map { x in
        let y = x.affine(weight, bias, centeredBy: center)
        let slopes = gradients(of: y.squared(), withRespectTo: [weight, bias])
        let again = gradients(
          of: gradients(of: y.tanh(), withRespectTo: [weight], differentiable: true)[0].squared(),
          withRespectTo: [weight])
        return [y] + slopes + again
      }
      for (own, other) in zip(results[0], results[1]) {
        // Sums of terms of either sign, so that errors are those of the largest.
        let largest = doubles(other).map(abs).max() ?? 1
        #expect(
          agree(doubles(own).map { $0 / largest }, doubles(other).map { $0 / largest }, units: 64))
      }
    }
  }
}
