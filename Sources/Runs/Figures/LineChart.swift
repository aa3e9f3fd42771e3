import RealModule
import Tensors

/// Curves, some with a band around them, in panels beside each other.
public struct LineChart: Sendable {
  public struct Series: Sendable {
    public let name: String
    public let points: [(x: Double, y: Double)]
    /// The band around the curve, one interval for each point; empty for none.
    public let band: [(low: Double, high: Double)]
    /// Half the widths of intervals to both sides and up and down, one for each point; empty for
    /// none.
    public let errors: [(x: Double, y: Double)]
    /// The labels of the points, where there is room; empty for nothing.
    public let labels: [String]

    /// Traps unless the band is empty or has an interval for each point.
    public init(
      name: String, points: [(x: Double, y: Double)], band: [(low: Double, high: Double)] = [],
      errors: [(x: Double, y: Double)] = [], labels: [String] = []
    ) {
      require(
        [0, points.count].contains(band.count), "\(band.count) intervals for \(points.count) points"
      )
      require(
        [0, points.count].contains(errors.count),
        "\(errors.count) errors for \(points.count) points")
      require(
        [0, points.count].contains(labels.count),
        "\(labels.count) labels for \(points.count) points")
      (self.name, self.points, self.band) = (name, points, band)
      (self.errors, self.labels) = (errors, labels)
    }
  }

  /// How an axis is divided.
  public enum Scale: Sendable { case linear, logarithmic }

  public struct Panel: Sendable {
    public let title: String
    public let xLabel: String
    /// The quantity of the vertical axis, with its unit; empty where the title says so.
    public let yLabel: String
    public let x: Scale
    public let y: Scale
    public let series: [Series]

    public init(
      title: String, xLabel: String, yLabel: String = "", x: Scale = .linear, y: Scale = .linear,
      series: [Series]
    ) {
      (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
      (self.x, self.y, self.series) = (x, y, series)
    }
  }

  public let title: String
  public let panels: [Panel]

  public init(title: String, panels: [Panel]) {
    self.title = title
    self.panels = panels
  }

  /// The chart as scalable vector graphics.
  public func svg() -> String { drawing().svg() }

  private static let size = (width: 340.0, height: 240.0)
  /// Room for the numbers and the label of a vertical axis.
  private static let margin = 76.0

  public func drawing() -> Drawing {
    var names: [String] = []
    for series in panels.flatMap(\.series) where !names.contains(series.name) {
      names.append(series.name)
    }
    let step = LineChart.size.width + LineChart.margin
    let width = max(
      step * Double(panels.count) + 24, 32 + Drawing.width(of: title, size: 16)
    ).rounded(.up)
    let legend = Legend(names, top: 46, width: width)
    let top = legend.bottom + 20
    var drawing = Drawing(
      width: width, height: top + LineChart.size.height + 50, title: title,
      description: description)
    drawing.text(title, at: (16, 25), size: 15, isBold: true)
    legend.draw(hasLines: true, in: &drawing)
    for (index, panel) in panels.enumerated() {
      let left = LineChart.margin + step * Double(index)
      LinePanel(panel: panel, names: names, left: left, top: top, size: LineChart.size)
        .draw(in: &drawing)
    }
    return drawing
  }

  /// Where every curve begins and ends.
  private var description: String {
    panels.map { panel in
      let curves = panel.series.compactMap { series -> String? in
        let points = series.points.filter { $0.x.isFinite && $0.y.isFinite }
        guard let first = points.first, let last = points.last else { return nil }
        return "\(series.name) goes from \(significant(first.y)) at \(significant(first.x)) "
          + "to \(significant(last.y)) at \(significant(last.x))"
      }
      return "\(panel.title), against \(panel.xLabel): "
        + (curves.isEmpty ? "nothing" : curves.joined(separator: "; ")) + "."
    }.joined(separator: " ")
  }
}
