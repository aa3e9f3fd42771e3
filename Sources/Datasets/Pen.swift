/// Draws anti-aliased lines with round ends on a small canvas.
struct Pen {
  private static let side = Glyphs.side
  /// Pixels that are worked on together; rows are padded to whole groups of them.
  private static let lanes = 8
  private static let stride = (side + lanes - 1) / lanes * lanes
  private static let far: Float = 1e9

  /// Half the width of a line, in pixels.
  var radius: Float = 1
  /// The squared distance of each pixel's center to the nearest line.
  private var distances = [Float](repeating: far, count: side * stride)

  mutating func clear() {
    distances.withUnsafeMutableBufferPointer { $0.update(repeating: Pen.far) }
  }

  /// Touches only the pixels near the line.
  mutating func line(_ start: SIMD2<Float>, _ end: SIMD2<Float>) {
    let reach = radius + 0.5
    let limit = Float(Pen.side - 1)
    func pixel(_ place: Float) -> Int { Int(min(max(place, 0), limit)) }
    let rows = pixel(min(start.y, end.y) - reach)...pixel(max(start.y, end.y) + reach)
    let first = pixel(min(start.x, end.x) - reach) / Pen.lanes * Pen.lanes
    let last = pixel(max(start.x, end.x) + reach)
    let along = end - start
    let length = (along * along).sum()
    // The nearest point of the line is a share of its length away from its start.
    let direction = length > 0 ? along / length : .zero
    distances.withUnsafeMutableBufferPointer { distances in
      guard let base = distances.baseAddress else { return }
      for row in rows {
        let y = Float(row) + 0.5 - start.y
        for group in Swift.stride(from: first, through: last, by: Pen.lanes) {
          let pixels = base + row * Pen.stride + group
          let left = Float(group) + 0.5 - start.x
          for lane in 0..<Pen.lanes {
            let x = left + Float(Int32(truncatingIfNeeded: lane))
            let projection = x * direction.x + y * direction.y
            let share = min(max(projection, 0), 1)
            let dx = x - share * along.x
            let dy = y - share * along.y
            pixels[lane] = min(pixels[lane], dx * dx + dy * dy)
          }
        }
      }
    }
  }

  /// Writes the pixels row by row, 0 to 255.
  func copy(to pixels: UnsafeMutableBufferPointer<UInt8>) {
    let reach = radius + 0.5
    distances.withUnsafeBufferPointer { distances in
      for row in 0..<Pen.side {
        for column in 0..<Pen.side {
          let covered = reach - distances[row * Pen.stride + column].squareRoot()
          let gray = Int32(min(max(covered, 0), 1) * 255)
          pixels[row * Pen.side + column] = UInt8(truncatingIfNeeded: gray)
        }
      }
    }
  }
}
