import Formats

/// A chart within a page, with its picture, its data and its description for Vega-Lite to take
/// along.
struct ReportFigure {
  let panel: LineChart.Panel
  /// Its content, in a sentence.
  let caption: String

  /// The element of the page.
  var element: String {
    let svg = panel.chart.svg()
    let name = panel.title.map { $0.isLetter || $0.isNumber ? "\($0)" : "-" }.joined()
    let links = [
      ("SVG", "image/svg+xml", "svg", svg), ("data", "text/csv", "csv", csv),
      ("Vega-Lite", "application/json", "vl.json", "\(vegaLite)\n"),
    ].map { title, type, ending, content in
      "<a download=\"\(html(name)).\(ending)\" href=\"\(dataAddress(type, Array(content.utf8)))\">\(title)</a>"
    }
    return """
      <figure class="chart">
      \(svg)
      <figcaption>\(html(caption)) <span class="links">\(links.joined(separator: " · "))</span></figcaption>
      </figure>

      """
  }

  /// A row for each point.
  private var rows: [(series: String, x: Double, y: Double, band: (low: Double, high: Double)?)] {
    panel.series.flatMap { series in
      series.points.enumerated().map { place, point in
        (series.name, point.x, point.y, series.band.isEmpty ? nil : series.band[place])
      }
    }
  }

  /// The points with the ends of their bands, empty where there is none.
  var csv: String {
    let lines = rows.map { row in
      let name =
        "\"\(row.series.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
      return "\(name),\(row.x),\(row.y),\(row.band.map { "\($0.low),\($0.high)" } ?? ",")"
    }
    return (["series,x,y,low,high"] + lines).map { $0 + "\n" }.joined()
  }

  /// The same chart as a description that other programs draw.
  var vegaLite: JSON {
    let values = rows.map { row -> JSON in
      var members: [JSON.Member] = [
        .init("series", JSON(row.series)), .init("x", JSON(row.x)), .init("y", JSON(row.y)),
      ]
      if let band = row.band {
        members += [.init("low", JSON(band.low)), .init("high", JSON(band.high))]
      }
      return .object(members)
    }
    func scale(_ scale: LineChart.Scale) -> JSON {
      ["type": scale == .linear ? "linear" : "log", "zero": false]
    }
    let x: JSON = [
      "field": "x", "type": "quantitative", "title": JSON(panel.xLabel), "scale": scale(panel.x),
    ]
    let color: JSON = ["field": "series", "type": "nominal", "title": .null]
    let line: JSON = [
      "mark": "line",
      "encoding": [
        "x": x, "color": color,
        "y": [
          "field": "y", "type": "quantitative", "title": JSON(panel.title), "scale": scale(panel.y),
        ],
      ],
    ]
    let band: JSON = [
      "mark": ["type": "area", "opacity": 0.2],
      "encoding": [
        "x": x, "color": color, "y": ["field": "low", "type": "quantitative"],
        "y2": ["field": "high"],
      ],
    ]
    let hasBands = panel.series.contains { !$0.band.isEmpty }
    return [
      "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "title": JSON(panel.title),
      "description": JSON(caption), "width": 480, "height": 300,
      "data": ["values": .array(values)], "layer": .array(hasBands ? [band, line] : [line]),
    ]
  }
}
