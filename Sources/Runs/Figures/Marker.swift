/// The shapes that tell series apart where their colors do not.
enum Marker: Int, CaseIterable {
  case circle, square, triangle, diamond, cross, plus, wedge, star

  /// The shape of a series.
  init(_ index: Int) {
    let all = Marker.allCases
    self = all[index % all.count]
  }

  /// Draws the shape around a point, in its color; hollow where that says something.
  func draw(
    at center: Drawing.Point, radius: Double = 3.5, color: Theme.Color, isHollow: Bool = false,
    in drawing: inout Drawing
  ) {
    func polygon(_ places: [(Double, Double)]) {
      let points = places.map { (center.x + radius * $0.0, center.y + radius * $0.1) }
      drawing.polygon(
        points, fill: isHollow ? .paper : color, stroke: isHollow ? color : nil, width: 1.5)
    }
    func strokes(_ ends: [(Double, Double)]) {
      for (x, y) in ends {
        drawing.line(
          from: (center.x - radius * x, center.y - radius * y),
          to: (center.x + radius * x, center.y + radius * y), color: color, width: 1.8)
      }
    }
    switch self {
    case .circle:
      drawing.circle(
        at: center, radius: radius, fill: isHollow ? .paper : color, stroke: isHollow ? color : nil,
        width: 1.5)
    case .square: polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle: polygon([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case .diamond: polygon([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
    case .cross: strokes([(1, 1), (1, -1)])
    case .plus: strokes([(1.2, 0), (0, 1.2)])
    case .wedge: polygon([(0, 1.2), (1.1, -0.8), (-1.1, -0.8)])
    case .star: strokes([(1.2, 0), (0.6, 1.04), (0.6, -1.04)])
    }
  }
}
