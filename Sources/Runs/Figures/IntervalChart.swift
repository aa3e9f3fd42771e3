import RealModule
import Tensors

/// Values with intervals, one row for each label and one panel beside the other, on logarithmic
/// scales.
public struct IntervalChart: Sendable {
  public struct Panel: Sendable {
    public let title: String
    /// The measured quantity and its unit, below the scale; empty where the title says so.
    public let xLabel: String
    /// A value for each label, positive or zero, and its interval; NaN leaves the place empty.
    ///
    /// Zeros stand apart, left of the scale.
    public let values: [(value: Double, low: Double, high: Double)]

    public init(
      title: String, xLabel: String = "", values: [(value: Double, low: Double, high: Double)]
    ) {
      self.title = title
      self.xLabel = xLabel
      self.values = values
    }

    /// Values with intervals of so much to both sides.
    public init(title: String, xLabel: String = "", values: [(value: Double, half: Double)]) {
      self.init(
        title: title, xLabel: xLabel,
        values: values.map { ($0.value, $0.value - $0.half, $0.value + $0.half) })
    }

    var isEmpty: Bool { !values.contains { $0.value.isFinite } }
  }

  public let title: String
  public let labels: [String]
  /// The kind of each label, which shapes and colors tell apart; empty where all are of one.
  public let kinds: [String]
  public let panels: [Panel]

  public init(title: String, labels: [String], kinds: [String] = [], panels: [Panel]) {
    for panel in panels {
      require(
        panel.values.count == labels.count,
        "\(panel.values.count) values in '\(panel.title)' for \(labels.count) labels")
    }
    require(
      kinds.isEmpty || kinds.count == labels.count,
      "\(kinds.count) kinds for \(labels.count) labels")
    self.title = title
    self.labels = labels
    self.kinds = kinds
    self.panels = panels
  }

  /// The chart as scalable vector graphics.
  public func svg() -> String { drawing().svg() }

  private static let rowHeight = 20.0
  /// The least that a panel gets.
  private static let panelWidth = 230.0
  private static let gap = 34.0

  /// The chart; a panel without a single value is left out.
  public func drawing() -> Drawing {
    let shown = panels.filter { !$0.isEmpty }
    var names: [String] = []
    for kind in kinds where !names.contains(kind) { names.append(kind) }
    let left = (28 + (labels.map { Drawing.width(of: $0) }.max() ?? 0)).rounded(.up)
    let least = (IntervalChart.panelWidth + IntervalChart.gap) * Double(shown.count)
    let width = max(left + least, 32 + Drawing.width(of: title, size: 16)).rounded(.up)
    // Panels grow into the room that a long title leaves.
    let step = (width - left) / Double(max(1, shown.count))
    let legend = Legend(names, top: 46, width: width)
    let top = legend.bottom + 20
    let bottom = top + IntervalChart.rowHeight * Double(labels.count)
    var drawing = Drawing(
      width: width, height: bottom + (shown.contains { !$0.xLabel.isEmpty } ? 50 : 36),
      title: title, description: description(of: shown))
    drawing.text(title, at: (16, 25), size: 15, isBold: true)
    legend.draw(hasLines: false, in: &drawing)
    for (row, label) in labels.enumerated() {
      let y = self.y(ofRow: row, below: top)
      // From the label to its last value.
      drawing.line(from: (left, y), to: (width - IntervalChart.gap, y), color: .grid)
      drawing.text(label, at: (left - 12, y + 4), anchor: .end)
    }
    for (index, panel) in shown.enumerated() {
      draw(
        panel, names, from: left + step * Double(index), width: step - IntervalChart.gap, top: top,
        bottom: bottom, in: &drawing)
    }
    return drawing
  }

  private func y(ofRow row: Int, below top: Double) -> Double {
    top + IntervalChart.rowHeight * (Double(row) + 0.5)
  }

  private func draw(
    _ panel: Panel, _ names: [String], from x: Double, width: Double, top: Double, bottom: Double,
    in drawing: inout Drawing
  ) {
    let scale = IntervalScale(panel.values, from: x, width: width)
    drawing.text(
      panel.title, at: (x + width / 2, top - 12), anchor: .middle, size: 13)
    drawing.text(
      panel.xLabel, at: (x + width / 2, bottom + 37), anchor: .middle, size: 11)
    scale.draw(top: top, bottom: bottom, in: &drawing)
    for (row, entry) in panel.values.enumerated() where entry.value.isFinite {
      let kind = kinds.isEmpty ? 0 : names.firstIndex(of: kinds[row]) ?? 0
      let color = Theme.Color.series(kind)
      let y = self.y(ofRow: row, below: top)
      guard let center = scale.place(entry.value) else {
        Marker.circle.draw(at: (x, y), color: color, isHollow: true, in: &drawing)
        continue
      }
      scale.drawInterval(entry, at: y, color: color, in: &drawing)
      Marker(kind).draw(at: (center, y), color: color, in: &drawing)
    }
  }

  /// Every value of every panel.
  private func description(of panels: [Panel]) -> String {
    panels.map { panel in
      let rows = zip(labels.indices, panel.values).compactMap { row, entry -> String? in
        guard entry.value.isFinite else { return nil }
        let kind = kinds.isEmpty ? "" : " (\(kinds[row]))"
        return "\(labels[row])\(kind) \(entry.value == 0 ? "exactly 0" : significant(entry.value))"
      }
      return "\(panel.title): \(rows.joined(separator: ", "))."
    }.joined(separator: " ")
  }
}
