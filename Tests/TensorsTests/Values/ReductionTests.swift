import Foundation
import Tensors
import Testing

struct ReductionTests {
  static let shapes = [
    [3], [2, 3], [2, 3, 4], [4, 1, 2], [2, 0, 3], [0], [1, 130, 1], [3, 5, 70],
  ]

  /// The lines of a tensor along an axis, in row-major order of the other axes.
  static func lines(_ x: Tensor, along axis: Int) -> [[Double]] {
    var rest = x.shape
    rest.remove(at: axis)
    return places(of: rest).map { place in
      (0..<x.shape[axis]).map { index in
        var place = place
        place.insert(index, at: axis)
        return x.at(place)
      }
    }
  }

  @Test("equal loops over lines", arguments: shapes)
  func lines(shape: [Int]) {
    var generator = Philox(seed: 7)
    let stored = randomTensor(shape, using: &generator)
    for x in [stored, Layout.sliced.seen(Layout.sliced.stored(stored))] {
      for axis in shape.indices {
        let lines = Self.lines(x, along: axis)
        var (vanished, kept) = (shape, shape)
        vanished.remove(at: axis)
        kept[axis] = 1
        let table: [(Tensor, ([Double]) -> Double)] = [
          (x.sum(along: axis), { $0.reduce(0, +) }), (x.product(along: axis), { $0.reduce(1, *) }),
          (x.max(along: axis), { $0.max() ?? -.infinity }),
          (x.min(along: axis - shape.count), { $0.min() ?? .infinity }),
          (x.logSumExp(along: axis), { log($0.reduce(0) { $0 + exp($1) }) }),
        ]
        for (value, reference) in table {
          #expect(value.shape == vanished)
          #expect(agree(doubles(value), lines.map(reference), units: 64))
        }
        #expect(x.sum(along: axis, keepingDimensions: true).shape == kept)
        #expect(x.logSumExp(along: axis, keepingDimensions: true).shape == kept)
        if shape[axis] > 0 {
          let places = lines.map { line in Int32(line.firstIndex(of: line.max() ?? 0) ?? 0) }
          #expect(x.argmax(along: axis).values == places)
          #expect(
            agree(
              doubles(x.mean(along: axis)),
              lines.map { $0.reduce(0, +) / Double($0.count) }, units: 64))
        }
        let moved = Array(shape.indices.filter { $0 != axis }) + [axis]
        #expect(
          agree(
            doubles(x.cumulativeSum(along: axis).permuted(moved)),
            lines.flatMap { line in line.indices.map { line[...$0].reduce(0, +) } }, units: 64))
        #expect(
          agree(
            doubles(x.cumulativeLogSumExp(along: axis, reversed: true).permuted(moved)),
            lines.flatMap { line in
              line.indices.map { log(line[$0...].reduce(0) { $0 + exp($1) }) }
            }, units: 64))
        #expect(
          agree(
            doubles(x.softmax(along: axis).permuted(moved)),
            lines.flatMap { line in line.map { exp($0) / line.reduce(0) { $0 + exp($1) } } },
            units: 64))
        #expect(
          agree(
            doubles(x.logSoftmax(along: axis).permuted(moved)),
            lines.flatMap { line in line.map { $0 - log(line.reduce(0) { $0 + exp($1) }) } },
            units: 64))
      }
      #expect(agree([Double(x.sum().item)], [doubles(x).reduce(0, +)], units: 256))
    }
  }

  @Test("several axes at once")
  func severalAxes() {
    var generator = Philox(seed: 8)
    let x = randomTensor([2, 3, 4], using: &generator)
    #expect(x.sum(along: [0, -1]).shape == [3])
    #expect(x.sum(along: [0, -1], keepingDimensions: true).shape == [1, 3, 1])
    #expect(agree([Double(x.sum(along: [0, 1, 2]).item)], [Double(x.sum().item)], units: 64))
    #expect(
      agree(
        doubles(x.variance(along: 2, correction: 1)),
        Self.lines(x, along: 2).map { line in
          let mean = line.reduce(0, +) / 4
          return line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
        }))
  }

  @Test("log-sum-exp at huge logits and over nothing but -infinity")
  func logSumExpExtremes() {
    let huge = Tensor([1e4, 1e4, -1e4, -1e4], shape: [2, 2])
    #expect(agree(doubles(huge.logSumExp(along: 1)), [1e4 + log(2), -1e4 + log(2)], units: 1))
    let dead = Tensor([-.infinity, -.infinity, 0, -.infinity], shape: [2, 2])
    #expect(dead.logSumExp(along: 1).scalars == [-.infinity, 0])
    #expect(gradient(at: dead) { $0.logSumExp(along: 1) }.scalars == [0, 0, 1, 0])
    #expect(Tensor.zeros([2, 0]).logSumExp(along: 1).scalars == [-.infinity, -.infinity])
  }

  @Test("cumulative log-sum-exp spans any range")
  func cumulativeExtremes() {
    let x = Tensor([-1e4, 0, 1e4, 1e4, -1e4])
    #expect(
      agree(
        doubles(x.cumulativeLogSumExp(along: 0)), [-1e4, 0, 1e4, 1e4 + log(2), 1e4 + log(2)],
        units: 1))
    let slope = doubles(gradient(at: x) { $0.cumulativeLogSumExp(along: 0) })
    #expect(agree(slope, [1, 1, 2, 1, 0], units: 1e4))
    let masked = Tensor([-.infinity, -.infinity, 1, -.infinity, 1])
    #expect(
      agree(
        doubles(masked.cumulativeLogSumExp(along: 0)),
        [-.infinity, -.infinity, 1, 1, 1 + log(2)]))
    for reversed in [false, true] {
      let slope = gradient(at: masked) { $0.cumulativeLogSumExp(along: 0, reversed: reversed) }
      let expected: [Double] = reversed ? [0, 0, 1.5, 0, 3.5] : [0, 0, 2.5, 0, 0.5]
      #expect(agree(doubles(slope), expected))
    }
  }

  @Test("softmax at extreme and masked logits")
  func softmaxExtremes() {
    let x = Tensor([1e4, -1e4, 1e4, -.infinity])
    #expect(x.softmax(along: 0).scalars == [0.5, 0, 0.5, 0])
    let expected: [Double] = [-log(2), -2e4 - log(2), -log(2), -.infinity]
    #expect(agree(doubles(x.logSoftmax(along: 0)), expected, units: 1))
    #expect(gradient(at: x) { ($0.softmax(along: 0) * Tensor([1, 2, 3, 4])) }.allFinite)
  }

  @Test("equal extremes share the gradient")
  func ties() {
    let x = Tensor([1, 3, 3])
    #expect(gradient(at: x) { $0.max(along: 0) }.scalars == [0, 0.5, 0.5])
    #expect(gradient(at: x) { $0.min(along: 0) }.scalars == [1, 0, 0])
  }
}
