import SwiftDiscrete

/// Square pictures of bits, some of whose pixels are free and the others follow from them.
struct Bitmaps {
  let width: Int
  /// Where each free bit stands; a graph's bits stand on both sides of the diagonal.
  let pairs: [(row: Int, column: Int)]
  let isSymmetric: Bool
  /// [count, bits].
  let training: Tensor
  let test: Tensor

  func batch(_ count: Int, using generator: inout Philox) -> Tensor {
    let rows = (0..<count).map { _ in
      Int.random(in: 0..<training.shape[0], using: &generator)
    }
    return training.gathering(Indices(rows, shape: [count]), along: 0)
  }

  /// As pictures [count, width * width].
  func pictures(_ bits: Tensor) -> Tensor {
    let (count, scalars) = (bits.shape[0], bits.scalars)
    var pixels = [Scalar](repeating: 0, count: count * width * width)
    for picture in 0..<count {
      for (place, (row, column)) in pairs.enumerated() {
        let bit = scalars[picture * pairs.count + place]
        pixels[(picture * width + row) * width + column] = bit
        if isSymmetric { pixels[(picture * width + column) * width + row] = bit }
      }
    }
    return Tensor(pixels, shape: [count, width * width])
  }

  /// The built-in digits at half their size.
  static func glyphs() -> Bitmaps {
    let side = Glyphs.side / 2
    let places = (0..<side * side).map { (row: $0 / side, column: $0 % side) }
    let data = Glyphs.data(seed: 1)
    func halved(_ images: ImageSet) -> Tensor {
      var rows: [Tensor] = []
      for first in stride(from: 0, to: images.count, by: 1000) {
        let part = images[first..<min(images.count, first + 1000)]
        let batches = Batches(
          evaluating: part, size: part.count, binarization: .threshold, seed: 1)
        rows.append(
          batches[0].tensor.reshaped([part.count, side, 2, side, 2]).max(along: 4).max(along: 2)
            .reshaped([part.count, side * side]))
      }
      return concatenate(rows, along: 0)
    }
    return Bitmaps(
      width: side, pairs: places, isSymmetric: false, training: halved(data.training),
      test: halved(data.test))
  }

  /// Graphs of eight nodes in two communities whose members know each other and few others.
  ///
  /// One community has three to five nodes, by chance the first ones or every second one: six laws
  /// of independent bits, mixed.
  static func graphs(using generator: inout Philox) -> Bitmaps {
    let nodes = 8
    let places = (0..<nodes).flatMap { row in
      (row + 1..<nodes).map { (row: row, column: $0) }
    }
    func draw(_ count: Int) -> Tensor {
      var bits: [Scalar] = []
      for _ in 0..<count {
        let size = Int.random(in: 3...5, using: &generator)
        let alternates = Bool.random(using: &generator)
        func rank(_ node: Int) -> Int { alternates ? node % 2 * nodes / 2 + node / 2 : node }
        for (row, column) in places {
          let isInside = (rank(row) < size) == (rank(column) < size)
          let chance = isInside ? 0.9 : 0.05
          bits.append(Double.random(in: 0..<1, using: &generator) < chance ? 1 : 0)
        }
      }
      return Tensor(bits, shape: [count, places.count])
    }
    return Bitmaps(
      width: nodes, pairs: places, isSymmetric: true, training: draw(10_000), test: draw(2000))
  }
}
