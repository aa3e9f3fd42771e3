import Formats

extension Drawing {
  /// The picture as pixels, in the light scheme, every length enlarged by `scale`.
  package func png(scale: Double = 2) -> [UInt8] {
    var canvas = Canvas(
      width: Int((width * scale).rounded()), height: Int((height * scale).rounded()),
      Theme.rgb(.paper))
    for element in elements { Self.paint(element, on: &canvas, scale) }
    return PNG.encode(width: canvas.width, height: canvas.height, rgb: canvas.pixels)
  }

  private static func paint(_ element: Element, on canvas: inout Canvas, _ scale: Double) {
    func large(_ points: [Point]) -> [Point] { points.map { ($0.x * scale, $0.y * scale) } }
    func area(_ outline: [Point]) {
      if let fill = element.fill {
        canvas.fill(outline, Theme.rgb(fill), opacity: element.opacity)
      }
      if let first = outline.first { line(outline + [first]) }
    }
    func line(_ points: [Point]) {
      guard let stroke = element.stroke else { return }
      canvas.stroke(
        points, Theme.rgb(stroke), width: element.width * scale,
        dashes: element.dashes.map { $0 * scale })
    }
    switch element.shape {
    case .line(let a, let b): line(large([a, b]))
    case .polyline(let points): line(large(points))
    case .polygon(let points): area(large(points))
    case .circle(let center, let radius):
      area(Canvas.disc(at: large([center])[0], radius: radius * scale))
    case .rectangle(let a, let width, let height):
      area(
        large([a, (a.x + width, a.y), (a.x + width, a.y + height), (a.x, a.y + height)]))
    case .text(let text, let point, let anchor, let size, let isBold, let isUpright):
      let strokes = StrokeText(text, size: size * scale)
      let back: Double =
        switch anchor {
        case .start: 0
        case .middle: strokes.width / 2
        case .end: strokes.width
        }
      let start =
        isUpright
        ? (point.x * scale, point.y * scale + back) : (point.x * scale - back, point.y * scale)
      canvas.write(
        strokes, at: start, Theme.rgb(element.fill ?? .ink),
        weight: size * scale * (isBold ? 0.13 : 0.085), isUpright: isUpright)
    }
  }
}
