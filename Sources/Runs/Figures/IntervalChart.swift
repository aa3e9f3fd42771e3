import RealModule
import Tensors

/// Values with intervals, one row for each label and one panel beside the other, on logarithmic
/// scales.
public struct IntervalChart: Sendable {
  public struct Panel: Sendable {
    public let title: String
    /// A value for each label, positive or zero, and its interval; NaN leaves the place empty.
    ///
    /// Zeros stand apart, left of the scale.
    public let values: [(value: Double, low: Double, high: Double)]

    public init(title: String, values: [(value: Double, low: Double, high: Double)]) {
      self.title = title
      self.values = values
    }

    /// Values with intervals of so much to both sides.
    public init(title: String, values: [(value: Double, half: Double)]) {
      self.init(
        title: title, values: values.map { ($0.value, $0.value - $0.half, $0.value + $0.half) })
    }
  }

  public let title: String
  public let labels: [String]
  public let panels: [Panel]

  /// Traps unless every panel has a value for each label.
  public init(title: String, labels: [String], panels: [Panel]) {
    for panel in panels {
      require(
        panel.values.count == labels.count,
        "\(panel.values.count) values in '\(panel.title)' for \(labels.count) labels")
    }
    self.title = title
    self.labels = labels
    self.panels = panels
  }

  private static let rowHeight = 20.0
  private static let panelWidth = 230.0
  private static let gap = 50.0
  /// The width that a panel with zeros leaves for them.
  private static let zeroWidth = 24.0

  public func svg() -> String {
    let left = 20 + 6.6 * Double(labels.map(\.count).max() ?? 0)
    let top = 62.0
    let bottom = top + IntervalChart.rowHeight * Double(labels.count)
    var svg = SVG(
      width: left + (IntervalChart.panelWidth + IntervalChart.gap) * Double(panels.count) + 10,
      height: bottom + 40)
    svg.text(title, at: (10, 22), size: 15)
    for (row, label) in labels.enumerated() {
      let y = top + IntervalChart.rowHeight * (Double(row) + 0.5)
      svg.text(label, at: (left - 8, y + 4), anchor: .end)
    }
    for (index, panel) in panels.enumerated() {
      let x = left + (IntervalChart.panelWidth + IntervalChart.gap) * Double(index)
      draw(panel, from: x, top: top, bottom: bottom, in: &svg)
    }
    return svg.text()
  }

  private func draw(
    _ panel: Panel, from x: Double, top: Double, bottom: Double, in svg: inout SVG
  ) {
    let positive = panel.values.map(\.value).filter { $0 > 0 && $0.isFinite }
    // Whatever is smaller than a trillionth of the largest is rounding, and stands at the left end
    // of the scale.
    let largest = positive.max() ?? 1
    let smallest = max(positive.filter { $0 > largest * 1e-12 }.min() ?? largest / 10, 1e-300)
    let low = (Double.log10(smallest) - 0.2).rounded(.down)
    let high = max((Double.log10(largest) + 0.1).rounded(.up), low + 1)
    let hasZeros = panel.values.contains { $0.value == 0 }
    let start = x + (hasZeros ? IntervalChart.zeroWidth : 0)
    let width = x + IntervalChart.panelWidth - start
    func place(_ value: Double) -> Double {
      guard value > 0 else { return start }
      return start + width * min(1, max(0, (Double.log10(value) - low) / (high - low)))
    }
    func tick(_ label: String, at place: Double) {
      svg.line(from: (place, top), to: (place, bottom), color: "#ddd")
      svg.text(label, at: (place, bottom + 16), anchor: .middle, size: 10)
    }
    svg.text(
      panel.title, at: (x + IntervalChart.panelWidth / 2, top - 12), anchor: .middle)
    if hasZeros { tick("0", at: x) }
    // Without a positive value there is nothing to scale.
    if !positive.isEmpty {
      let step = max(1, Int((high - low) / 5))
      for exponent in stride(from: Int(low), through: Int(high), by: step) {
        tick("1e\(exponent)", at: place(Double.pow(10, Double(exponent))))
      }
      svg.line(from: (start, top), to: (start, bottom))
    }
    for (row, entry) in panel.values.enumerated() where entry.value.isFinite {
      let y = top + IntervalChart.rowHeight * (Double(row) + 0.5)
      svg.line(
        from: (place(entry.low), y), to: (place(entry.high), y), color: "#1f5fa8", width: 2)
      svg.circle(at: (entry.value == 0 ? x : place(entry.value), y))
    }
  }
}
