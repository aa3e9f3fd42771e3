/// One panel of a chart of curves, at its place in the picture.
struct LinePanel {
  let panel: LineChart.Panel
  /// All series of the chart, whose places say color and shape.
  let names: [String]
  let left: Double
  let top: Double
  let size: (width: Double, height: Double)

  private let horizontal: Axis
  private let vertical: Axis
  private var bottom: Double { top + size.height }

  init(
    panel: LineChart.Panel, names: [String], left: Double, top: Double,
    size: (width: Double, height: Double)
  ) {
    (self.panel, self.names) = (panel, names)
    (self.left, self.top, self.size) = (left, top, size)
    horizontal = Axis(
      panel.series.flatMap { series in
        series.points.map(\.x)
          + zip(series.points, series.errors).flatMap { [$0.x - $1.x, $0.x + $1.x] }
      }, panel.x)
    vertical = Axis(
      panel.series.flatMap { series in
        series.points.map(\.y) + series.band.flatMap { [$0.low, $0.high] }
          + zip(series.points, series.errors).flatMap { [$0.y - $1.y, $0.y + $1.y] }
      }, panel.y)
  }

  func draw(in drawing: inout Drawing) {
    horizontal.drawHorizontal(
      from: left, width: size.width, top: top, bottom: bottom, in: &drawing)
    vertical.drawVertical(at: left, width: size.width, top: top, bottom: bottom, in: &drawing)
    let middle = left + size.width / 2
    drawing.text(panel.title, at: (middle, top - 10), anchor: .middle, size: 13)
    drawing.text(panel.xLabel, at: (middle, bottom + 37), anchor: .middle, size: 11)
    if !panel.yLabel.isEmpty {
      drawing.text(
        panel.yLabel, at: (left - 58, top + size.height / 2), anchor: .middle, size: 11,
        isUpright: true)
    }
    for series in panel.series { drawBand(of: series, in: &drawing) }
    for series in panel.series { drawCurve(of: series, in: &drawing) }
    drawLabels(in: &drawing)
  }

  private func place(_ x: Double, _ y: Double) -> Drawing.Point? {
    guard let x = horizontal.share(of: x), let y = vertical.share(of: y) else { return nil }
    return (left + size.width * x, bottom - size.height * y)
  }

  private func index(of series: LineChart.Series) -> Int {
    names.firstIndex(of: series.name) ?? 0
  }

  private func drawBand(of series: LineChart.Series, in drawing: inout Drawing) {
    let edges = zip(series.points, series.band)
    let lower = edges.compactMap { place($0.0.x, $0.1.low) }
    let upper = edges.compactMap { place($0.0.x, $0.1.high) }
    guard !lower.isEmpty else { return }
    let color = Theme.Color.series(index(of: series))
    drawing.polygon(lower + upper.reversed(), fill: color, opacity: 0.15)
    // The shade alone is too faint to be seen by everybody.
    drawing.polyline(lower, color: color, width: 0.7)
    drawing.polyline(upper, color: color, width: 0.7)
  }

  /// The curve, broken where a point has no place, with its shape at some of the points.
  private func drawCurve(of series: LineChart.Series, in drawing: inout Drawing) {
    let index = index(of: series)
    let color = Theme.Color.series(index)
    let places = series.points.map { place($0.x, $0.y) }
    for run in places.split(whereSeparator: { $0 == nil }) {
      drawing.polyline(run.compactMap { $0 }, color: color)
    }
    for ((point, error), center) in zip(zip(series.points, series.errors), places) {
      guard let center else { continue }
      for (x, y) in [(error.x, 0.0), (0, error.y)] where x > 0 || y > 0 {
        guard let a = place(point.x - x, point.y - y), let b = place(point.x + x, point.y + y)
        else { continue }
        drawing.line(from: a, to: b, color: color)
        let cap = x > 0 ? (x: 0.0, y: 3.0) : (x: 3.0, y: 0.0)
        for end in [a, b] where abs(end.x - center.x) + abs(end.y - center.y) > 4 {
          drawing.line(
            from: (end.x - cap.x, end.y - cap.y), to: (end.x + cap.x, end.y + cap.y), color: color)
        }
      }
    }
    // Of a dense curve some points, which differ between curves so that they do not hide each
    // other.
    let stride = places.count <= 25 ? 1 : places.count / 8
    for (order, center) in places.enumerated()
    where stride == 1 || order % stride == (stride / 4 + index * stride / 5) % stride {
      if let center { Marker(index).draw(at: center, radius: 3, color: color, in: &drawing) }
    }
  }

  /// Draws labels at points, the ends of curves first, as far as they hide nothing.
  private func drawLabels(in drawing: inout Drawing) {
    typealias Box = (x: ClosedRange<Double>, y: ClosedRange<Double>)
    var taken: [Box] = []
    for series in panel.series {
      let places = series.points.compactMap { place($0.x, $0.y) }
      taken += places.map { ($0.x - 4...$0.x + 4, $0.y - 4...$0.y + 4) }
      for (a, b) in zip(places, places.dropFirst()) {
        // Boxes along the line, close enough that no label fits between them.
        let steps = max(1, (max(abs(b.x - a.x), abs(b.y - a.y)) / 4).rounded(.up))
        for step in stride(from: 0, to: steps, by: 1) {
          let (x, y) = (a.x + (b.x - a.x) * step / steps, a.y + (b.y - a.y) * step / steps)
          taken.append((x - 2...x + 2, y - 2...y + 2))
        }
      }
    }
    for series in panel.series {
      let last = series.labels.count - 1
      let isEnd = { (index: Int) in index == 0 || index == last }
      let order = series.labels.indices.filter(isEnd) + series.labels.indices.filter { !isEnd($0) }
      for index in order {
        guard let point = place(series.points[index].x, series.points[index].y) else { continue }
        let width = Drawing.width(of: series.labels[index], size: 10)
        for (dx, dy) in [
          (7.0, -5.0), (7, 12), (-7 - width, -5), (-7 - width, 12), (8, 3), (-8 - width, 3),
          (4, -16), (-4 - width, -16),
        ] {
          let (x, y) = (point.x + dx, point.y + dy)
          let box: Box = (x...x + width, y - 9...y + 2)
          let isInside =
            box.x.lowerBound > left && box.x.upperBound < left + size.width
            && box.y.lowerBound > top && box.y.upperBound < bottom
          let isFree = taken.allSatisfy { !$0.x.overlaps(box.x) || !$0.y.overlaps(box.y) }
          guard isInside, isFree else { continue }
          taken.append(box)
          drawing.text(series.labels[index], at: (x, y), size: 10, color: .quiet)
          break
        }
      }
    }
  }
}
