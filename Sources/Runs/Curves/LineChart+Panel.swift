extension LineChart.Panel {
  /// A chart of this panel alone, under its title.
  var chart: LineChart { chart(titled: title) }

  /// The same under another title.
  func chart(titled title: String) -> LineChart {
    let bare = LineChart.Panel(
      title: "", xLabel: xLabel, yLabel: yLabel, x: x, y: y, series: series)
    return LineChart(title: title, panels: [bare])
  }
}
