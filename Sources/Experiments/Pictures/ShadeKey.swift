import Runs

extension Drawing {
  /// Draws what shades mean, from nothing to everything.
  mutating func drawShadeKey(at corner: Point, from low: String, to high: String) {
    let start = corner.x + Self.width(of: low, size: 10) + 8
    text(low, at: (corner.x, corner.y + 9), size: 10, color: .quiet)
    for step in 0..<30 {
      rectangle(
        at: (start + 5 * Double(step), corner.y), width: 5, height: 11,
        fill: .shade(Double(step) / 29), stroke: .shade(Double(step) / 29))
    }
    rectangle(at: (start, corner.y), width: 150, height: 11, fill: nil, stroke: .axis)
    text(high, at: (start + 158, corner.y + 9), size: 10, color: .quiet)
  }
}
