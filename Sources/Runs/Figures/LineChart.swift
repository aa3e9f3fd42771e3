import RealModule
import Tensors

/// Curves, some with a band around them, in panels beside each other.
public struct LineChart: Sendable {
  public struct Series: Sendable {
    public let name: String
    public let points: [(x: Double, y: Double)]
    /// The band around the curve, one interval for each point; empty for none.
    public let band: [(low: Double, high: Double)]

    /// Traps unless the band is empty or has an interval for each point.
    public init(
      name: String, points: [(x: Double, y: Double)], band: [(low: Double, high: Double)] = []
    ) {
      require(
        band.isEmpty || band.count == points.count,
        "a band of \(band.count) intervals for \(points.count) points")
      (self.name, self.points, self.band) = (name, points, band)
    }
  }

  /// How an axis is divided.
  public enum Scale: Sendable { case linear, logarithmic }

  public struct Panel: Sendable {
    public let title: String
    public let xLabel: String
    public let x: Scale
    public let y: Scale
    public let series: [Series]

    public init(
      title: String, xLabel: String, x: Scale = .linear, y: Scale = .linear, series: [Series]
    ) {
      (self.title, self.xLabel, self.x, self.y, self.series) = (title, xLabel, x, y, series)
    }
  }

  public let title: String
  public let panels: [Panel]

  public init(title: String, panels: [Panel]) {
    self.title = title
    self.panels = panels
  }

  private static let colors = [
    "#1f5fa8", "#c23b22", "#2e8b57", "#8e5ea2", "#d98e04", "#4f4f4f", "#17a2b8", "#b5651d",
  ]
  private static let size = (width: 340.0, height: 240.0)

  public func svg() -> String {
    var names: [String] = []
    for series in panels.flatMap(\.series) where !names.contains(series.name) {
      names.append(series.name)
    }
    let step = LineChart.size.width + 80
    let width = 70 + step * Double(panels.count)
    let places = LineChart.legend(names, width: width)
    let top = (places.last?.y ?? 40) + 34
    var svg = SVG(width: width, height: top + LineChart.size.height + 52)
    svg.text(title, at: (16, 24), size: 15)
    for (index, (x, y)) in places.enumerated() {
      let color = LineChart.colors[index % LineChart.colors.count]
      svg.line(from: (x, y), to: (x + 18, y), color: color, width: 2.5)
      svg.text(names[index], at: (x + 23, y + 4))
    }
    for (index, panel) in panels.enumerated() {
      draw(panel, from: 60 + step * Double(index), top: top, names: names, in: &svg)
    }
    return svg.text()
  }

  /// Where each name stands, in as many lines as they need.
  private static func legend(_ names: [String], width: Double) -> [(x: Double, y: Double)] {
    var (x, y) = (16.0, 40.0)
    return names.map { name in
      let own = 40 + 7 * Double(name.count)
      if x > 16 && x + own > width { (x, y) = (16, y + 18) }
      defer { x += own }
      return (x, y)
    }
  }

  private func draw(
    _ panel: Panel, from left: Double, top: Double, names: [String], in svg: inout SVG
  ) {
    let (width, height) = LineChart.size
    let bottom = top + height
    let horizontal = Axis(panel.series.flatMap { $0.points.map(\.x) }, panel.x)
    let vertical = Axis(
      panel.series.flatMap { series in
        series.points.map(\.y) + series.band.flatMap { [$0.low, $0.high] }
      }, panel.y)
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
      guard let x = horizontal.share(of: x), let y = vertical.share(of: y) else { return nil }
      return (left + width * x, bottom - height * y)
    }
    svg.text(panel.title, at: (left + width / 2, top - 10), anchor: .middle)
    for tick in horizontal.ticks {
      guard let share = horizontal.share(of: tick.value) else { continue }
      let x = left + width * share
      svg.line(from: (x, top), to: (x, bottom), color: "#eee")
      svg.text(tick.text, at: (x, bottom + 16), anchor: .middle, size: 10)
    }
    for tick in vertical.ticks {
      guard let share = vertical.share(of: tick.value) else { continue }
      let y = bottom - height * share
      svg.line(from: (left, y), to: (left + width, y), color: "#eee")
      svg.text(tick.text, at: (left - 6, y + 4), anchor: .end, size: 10)
    }
    svg.line(from: (left, bottom), to: (left + width, bottom))
    svg.line(from: (left, top), to: (left, bottom))
    svg.text(panel.xLabel, at: (left + width / 2, bottom + 36), anchor: .middle, size: 11)
    for series in panel.series {
      let index = names.firstIndex(of: series.name) ?? 0
      let color = LineChart.colors[index % LineChart.colors.count]
      let edges = zip(series.points, series.band)
      let outline =
        edges.compactMap { place($0.0.x, $0.1.low) }
        + edges.compactMap { place($0.0.x, $0.1.high) }.reversed()
      if !outline.isEmpty { svg.polygon(outline, color: color, opacity: 0.15) }
      svg.polyline(series.points.compactMap { place($0.x, $0.y) }, color: color, width: 1.8)
    }
  }
}

/// The range of an axis and where its ticks stand.
struct Axis {
  let scale: LineChart.Scale
  let low: Double
  let high: Double

  /// An axis that holds all finite values, on a logarithmic scale all positive ones.
  init(_ values: [Double], _ scale: LineChart.Scale) {
    self.scale = scale
    let values = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    let (least, most) = (values.min() ?? 0.1, values.max() ?? 1)
    switch scale {
    case .linear:
      let margin = most > least ? (most - least) * 0.03 : max(abs(most) * 0.1, 0.5)
      (low, high) = (least - margin, most + margin)
    case .logarithmic:
      let (a, b) = (Double.log10(least), Double.log10(most))
      let margin = b > a ? (b - a) * 0.03 : 0.5
      (low, high) = (a - margin, b + margin)
    }
  }

  /// Where a value stands between the ends, `nil` where it has no place.
  func share(of value: Double) -> Double? {
    let place = scale == .linear ? value : Double.log10(value)
    guard place.isFinite else { return nil }
    return min(1, max(0, (place - low) / (high - low)))
  }

  var ticks: [(value: Double, text: String)] {
    switch scale {
    case .linear:
      let raw = (high - low) / 5
      let power = Double.pow(10, Double.log10(raw).rounded(.down))
      let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
      // Beyond this neighboring multiples of the step are not different doubles.
      guard step.isFinite, max(abs(low), abs(high)) / step < 1e15 else { return [] }
      let first = Int((low / step).rounded(.up))
      let last = Int((high / step).rounded(.down))
      guard first <= last else { return [] }
      return (first...last).map { index in
        let value = Double(index) * step
        return (value, Axis.text(value, step: step))
      }
    case .logarithmic:
      let (first, last) = (Int(low.rounded(.up)), Int(high.rounded(.down)))
      guard first <= last else {
        return [(Double.pow(10, low), Axis.text(Double.pow(10, low), step: 0.01))]
      }
      let step = max(1, (last - first) / 6)
      return stride(from: first, through: last, by: step).map { exponent in
        let value = Double.pow(10, Double(exponent))
        return (
          value, (-2...4).contains(exponent) ? Axis.text(value, step: value) : "1e\(exponent)"
        )
      }
    }
  }

  /// As many decimals as the step has.
  private static func text(_ value: Double, step: Double) -> String {
    let places = max(0, Int((-Double.log10(step)).rounded(.up)))
    guard abs(value) < 1e15 else {
      // Multiples of a power of ten are not exact doubles.
      let exponent = (Double.log10(abs(value)) + 1e-9).rounded(.down)
      return "\((value / Double.pow(10, exponent) * 100).rounded() / 100)e+\(Int(exponent))"
    }
    guard places > 0 else { return "\(Int(value.rounded()))" }
    let scale = Double.pow(10, Double(min(places, 9)))
    return "\((value * scale).rounded() / scale)"
  }
}
