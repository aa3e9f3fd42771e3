/// Draws anti-aliased lines with round ends on a small canvas.
struct Pen {
  private static let side = Glyphs.side
  private static let lanes = 8
  /// Groups of pixels in a row, the last one reaching over the edge.
  private static let groups = (side + lanes - 1) / lanes
  private static let places = SIMD8<Float>(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)

  /// Half the width of a line, in pixels.
  var radius: Float = 1
  /// How much of each pixel is covered.
  private var coverage = [SIMD8<Float>](repeating: .zero, count: side * groups)

  mutating func clear() {
    for index in coverage.indices { coverage[index] = .zero }
  }

  /// Touches only the pixels near the line.
  mutating func line(_ start: SIMD2<Float>, _ end: SIMD2<Float>) {
    let reach = radius + 0.5
    let (low, high) = (pointwiseMin(start, end) - reach, pointwiseMax(start, end) + reach)
    let limit = Float(Pen.side - 1)
    let rows = Int(min(max(low.y, 0), limit))...Int(min(max(high.y, 0), limit))
    let first = Int(min(max(low.x, 0), limit)) / Pen.lanes
    let last = Int(min(max(high.x, 0), limit)) / Pen.lanes
    let along = end - start
    let length = (along * along).sum()
    let inverse = length > 0 ? 1 / length : 0
    let groups = Pen.groups
    coverage.withUnsafeMutableBufferPointer { coverage in
      for row in rows {
        let y = Float(row) + 0.5 - start.y
        for group in first...last {
          let x = Pen.places + (Float(group * Pen.lanes) - start.x)
          // The nearest point of the line, as a share of its length.
          let share = ((x * along.x + y * along.y) * inverse).clamped(
            lowerBound: .zero, upperBound: .one)
          let dx = x - share * along.x
          let dy = y - share * along.y
          let distance = (dx * dx + dy * dy).squareRoot()
          let covered = (reach - distance).clamped(lowerBound: .zero, upperBound: .one)
          let index = row * groups + group
          coverage[index] = pointwiseMax(coverage[index], covered)
        }
      }
    }
  }

  /// Writes the pixels row by row, 0 to 255.
  func copy(to pixels: UnsafeMutableBufferPointer<UInt8>) {
    for row in 0..<Pen.side {
      for group in 0..<Pen.groups {
        let grey = SIMD8<UInt8>(
          truncatingIfNeeded: SIMD8<Int32>(coverage[row * Pen.groups + group] * 255))
        for lane in 0..<min(Pen.lanes, Pen.side - group * Pen.lanes) {
          pixels[row * Pen.side + group * Pen.lanes + lane] = grey[lane]
        }
      }
    }
  }
}
