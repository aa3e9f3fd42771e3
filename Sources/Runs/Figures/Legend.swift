/// The names of series beside their shapes, in as many lines as they need.
struct Legend {
  let names: [String]
  private let places: [Drawing.Point]
  private static let left = 16.0
  private static let sample = 30.0

  /// - Parameter top: where the first line stands.
  init(_ names: [String], top: Double, width: Double) {
    self.names = names
    var (x, y) = (Legend.left, top)
    places = names.map { name in
      let own = (Legend.sample + 18 + Drawing.width(of: name)).rounded(.up)
      if x > Legend.left && x + own > width { (x, y) = (Legend.left, y + 19) }
      defer { x += own }
      return (x, y)
    }
  }

  /// Below all lines.
  var bottom: Double { (places.last?.y ?? 21) + 19 }

  /// - Parameter hasLines: whether the shapes stand on lines.
  func draw(hasLines: Bool, in drawing: inout Drawing) {
    for (index, (x, y)) in places.enumerated() {
      let color = Theme.Color.series(index)
      if hasLines {
        drawing.line(
          from: (x, y), to: (x + Legend.sample - 6, y), color: color, width: 2)
      }
      Marker(index).draw(
        at: (x + (Legend.sample - 6) / 2, y), color: color, in: &drawing)
      drawing.text(names[index], at: (x + Legend.sample, y + 4))
    }
  }
}
