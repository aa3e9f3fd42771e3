import SwiftDiscrete

/// Images cut into square pieces, in the places where they belong.
struct Puzzles {
  /// Pieces on a side of an image.
  let side: Int
  /// Pixels on a side of a piece.
  let edge: Int
  /// [images, places, pixels of a piece], in 0...1.
  let pieces: Tensor

  /// Cuts images, whose last rows and columns are left out where pieces do not fill them.
  init(_ images: ImageSet, side: Int) {
    self.side = side
    let edge = min(images.width, images.height) / side
    self.edge = edge
    let scale = 1 / Scalar(images.maximum)
    pieces = Tensor(shape: [images.count, side * side, edge * edge]) { buffer in
      var next = 0
      for image in 0..<images.count {
        let pixels = images.pixels(of: image)
        for place in 0..<(side * side) {
          let (top, left) = (place / side * edge, place % side * edge)
          for pixel in 0..<(edge * edge) {
            let (y, x) = (top + pixel / edge, left + pixel % edge)
            buffer[next] = Scalar(pixels[y * images.width + x]) * scale
            next += 1
          }
        }
      }
    }
  }

  private init(side: Int, edge: Int, pieces: Tensor) {
    (self.side, self.edge, self.pieces) = (side, edge, pieces)
  }

  var count: Int { pieces.shape[0] }
  var placeCount: Int { side * side }
  var pixelCount: Int { edge * edge }

  /// As many of a range, drawn with replacement.
  func batch(_ size: Int, of range: Range<Int>, using generator: inout Philox) -> Puzzles {
    let indices = (0..<size).map { _ in Int.random(in: range, using: &generator) }
    return Puzzles(
      side: side, edge: edge,
      pieces: pieces.gathering(Indices(indices, shape: [indices.count]), along: 0))
  }

  /// The pieces of each, shuffled.
  func scrambled(using generator: inout Philox) -> Tensor {
    let orders = PlackettLuce(logScores: .zeros([count, placeCount]))
      .sample(1, using: &generator)
    return orders.matrix.reshaped([count, placeCount, placeCount]).matmul(pieces)
  }

  /// Pieces [images, places, pixels] as images [images, height · width].
  func images(of pieces: Tensor) -> Tensor {
    pieces.reshaped([pieces.shape[0], side, side, edge, edge]).permuted([0, 1, 3, 2, 4])
      .reshaped([pieces.shape[0], placeCount * pixelCount])
  }

  /// The share of places that hold what belongs there, pixel for pixel, and of images without a
  /// fault.
  ///
  /// Equal pieces, such as blank ones, may stand for each other: nobody could tell.
  func score(of arranged: Tensor) -> (pieces: Double, puzzles: Double) {
    let faults = (arranged - pieces).abs().max(along: -1).scalars
    var (right, whole) = (0, 0)
    for image in 0..<count {
      let own = faults[(image * placeCount)..<((image + 1) * placeCount)]
      let fitting = own.count { $0 == 0 }
      right += fitting
      whole += fitting == placeCount ? 1 : 0
    }
    return (Double(right) / Double(count * placeCount), Double(whole) / Double(count))
  }
}
