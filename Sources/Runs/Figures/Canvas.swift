import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Pixels that shapes are painted on, their edges smoothed.
struct Canvas {
  let width: Int
  let height: Int
  /// Red, green and blue of every pixel, row by row from the top.
  private(set) var pixels: [UInt8]

  /// Lines of a pixel whose shares of the shape are averaged.
  private static let lines = 4

  init(width: Int, height: Int, _ color: Theme.RGB) {
    (self.width, self.height) = (width, height)
    let one = [color.red, color.green, color.blue].map { UInt8(($0 * 255).rounded()) }
    pixels = (0..<width * height).flatMap { _ in one }
  }

  /// Pixels that are there, three bytes each.
  init(width: Int, height: Int, pixels: [UInt8]) {
    require(
      pixels.count == 3 * width * height, "\(pixels.count) bytes for \(width) x \(height) pixels")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// Fills what lies inside of an outline.
  mutating func fill(_ outline: [Drawing.Point], _ color: Theme.RGB, opacity: Double = 1) {
    let rows = outline.map(\.y)
    let first = max(0, Int((rows.min() ?? 0).rounded(.down)))
    let last = min(height - 1, Int((rows.max() ?? -1).rounded(.down)))
    guard outline.count > 2, first <= last else { return }
    for row in first...last {
      var shares = [Double](repeating: 0, count: width)
      for line in 0..<Canvas.lines {
        let y = Double(row) + (Double(line) + 0.5) / Double(Canvas.lines)
        let crossings = Canvas.crossings(of: outline, at: y)
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          cover(from: crossings[pair], to: crossings[pair + 1], &shares)
        }
      }
      for (column, share) in shares.enumerated() where share > 0 {
        blend(color, min(1, share / Double(Canvas.lines)) * opacity, at: row * width + column)
      }
    }
  }

  /// Where the outline crosses a line, from left to right.
  private static func crossings(of outline: [Drawing.Point], at y: Double) -> [Double] {
    var places: [Double] = []
    for (index, a) in outline.enumerated() {
      let b = outline[(index + 1) % outline.count]
      guard (a.y <= y) != (b.y <= y) else { continue }
      places.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
    }
    return places.sorted()
  }

  private func cover(from a: Double, to b: Double, _ shares: inout [Double]) {
    let (a, b) = (max(0, a), min(Double(width), b))
    guard a < b else { return }
    for column in Int(a)...min(width - 1, Int(b)) {
      shares[column] += max(0, min(b, Double(column + 1)) - max(a, Double(column)))
    }
  }

  private mutating func blend(_ color: Theme.RGB, _ share: Double, at pixel: Int) {
    for (part, value) in [color.red, color.green, color.blue].enumerated() {
      let old = Double(pixels[3 * pixel + part])
      pixels[3 * pixel + part] = UInt8((old + share * (value * 255 - old)).rounded())
    }
  }

  /// Draws lines from point to point with round ends and corners.
  mutating func stroke(
    _ points: [Drawing.Point], _ color: Theme.RGB, width: Double, dashes: [Double] = []
  ) {
    for (a, b) in zip(points, points.dropFirst()) {
      let length = hypot(b.x - a.x, b.y - a.y)
      guard length > 0 else { continue }
      let (dx, dy) = ((b.x - a.x) / length, (b.y - a.y) / length)
      var (start, dash) = (0.0, 0)
      while start < length {
        let end = dashes.isEmpty ? length : min(length, start + dashes[dash % dashes.count])
        if dash % 2 == 0 {
          let (nx, ny) = (-dy * width / 2, dx * width / 2)
          let (p, q) = (
            (x: a.x + dx * start, y: a.y + dy * start), (x: a.x + dx * end, y: a.y + dy * end)
          )
          fill(
            [
              (p.x + nx, p.y + ny), (q.x + nx, q.y + ny), (q.x - nx, q.y - ny),
              (p.x - nx, p.y - ny),
            ],
            color)
        }
        (start, dash) = (end, dash + 1)
      }
    }
    guard width > 1.5 else { return }
    for point in points.dropFirst().dropLast() {
      fill(Canvas.disc(at: point, radius: width / 2), color)
    }
  }

  static func disc(at center: Drawing.Point, radius: Double) -> [Drawing.Point] {
    let corners = max(8, Int(radius * 4))
    return (0..<corners).map { corner in
      let angle = 2 * Double.pi * Double(corner) / Double(corners)
      return (center.x + radius * cos(angle), center.y + radius * sin(angle))
    }
  }

  /// Writes a line of text, whose base line begins at a point.
  mutating func write(
    _ text: StrokeText, at point: Drawing.Point, _ color: Theme.RGB, weight: Double,
    isUpright: Bool = false
  ) {
    for stroke in text.strokes {
      let places = stroke.map { place in
        isUpright
          ? (point.x + place.y, point.y - place.x) : (point.x + place.x, point.y + place.y)
      }
      self.stroke(places, color, width: weight)
    }
  }
}
