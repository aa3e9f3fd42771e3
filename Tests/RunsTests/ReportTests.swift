import Formats
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Runs

struct ReportTests {
  /// A finished run of two evaluations, with a name that is markup.
  private func make(_ path: String, _ settings: JSON, offset: Double = 0) throws -> ListedRun {
    let folder = try RunFolder(creating: path)
    try folder.write(settings, to: "config.json")
    try folder.write(["estimator": "command line", "rate": "default"], to: "origins.json")
    try folder.write(["processor": "a <b>", "command": ["discrete", "x"]], to: "environment.json")
    try folder.write(["steps": 2, "test_bound": JSON(offset - 1)], to: "summary.json")
    try folder.set(.finished)
    for step in 1...2 {
      try Metrics(folder).log([
        "step": JSON(step), "seconds": JSON(step),
        "validation_bound": JSON(offset - 1 / Double(step)),
        "variance/encoder": JSON(Double(step)),
      ])
    }
    var grid = ImageGrid(width: 1, height: 1, columns: 1)
    grid.append(Tensor([1], shape: [1, 1]))
    try write(grid.png(), to: folder.samplePath(at: 2, ending: "png"))
    try write(Array("a < b\n".utf8), to: folder.samplePath(at: nil, ending: "txt"))
    return try ListedRun(opening: path)
  }

  private func settings(_ estimator: String, seed: Int) -> JSON {
    ["model": "m", "estimator": ["name": JSON(estimator)], "rate": 0.5, "seed": JSON(seed)]
  }

  @Test("one run shows its figures, samples, settings with origins and environment, all within")
  func alone() throws {
    try withTemporaryFolder { root in
      let page = try Report([make("\(root)/a<i>", settings("nvil", seed: 1))]).page()
      for words in [
        "<b>finished</b>", "<b>-1.0</b><span>test bound</span>", "<h3>Curves</h3>",
        "<h3>Noise of gradients</h3>", "a&lt;i&gt;", "<pre>a &lt; b\n</pre>",
        "alt=\"samples, step 2\"",
        "src=\"data:image/png;base64,iVBORw0KGgo",
        "<td>estimator</td><td>nvil</td><td>command line</td>",
        "<td>rate</td><td>0.5</td><td>default</td>", "a &lt;b&gt;", "discrete x",
        "prefers-color-scheme: dark", "width=device-width",
      ] {
        #expect(page.contains(words), "\(words)")
      }
      #expect(!page.contains("a<i>"))
      #expect(page.split(separator: "<figure class=\"chart\">").count == 3)
      // Nothing is fetched: addresses hold what they stand for, and styles name none.
      for match in page.matches(of: /(?:src|href)="([^"]*)"/) {
        #expect(match.1.hasPrefix("data:"))
      }
      #expect(!page.contains("url(") && !page.contains("@import"))
    }
  }

  @Test("several runs of a model are compared, those of another stand by themselves")
  func several() throws {
    try withTemporaryFolder { root in
      let runs = [
        try make("\(root)/a", settings("nvil", seed: 1)),
        try make("\(root)/b", settings("nvil", seed: 2), offset: -2),
        try make("\(root)/c", settings("disarm", seed: 1)),
        try make("\(root)/d", ["model": "other"]),
      ]
      let page = try Report(runs).page()
      #expect(page.contains("<h2>m: 2 ways, 3 runs</h2>") && !page.contains("<h2>other"))
      #expect(page.contains("<td>nvil</td><td class=\"number\">2</td><td class=\"number\">2</td>"))
      #expect(page.contains("-1.5 ± 12.706"))
      #expect(
        page.contains("nvil, 2 runs") && page.contains("means over seeds with 95 % intervals"))
      #expect(page.split(separator: "<details>").count == 5)
    }
  }

  @Test("what cannot be read is named on the page")
  func damaged() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      _ = try make(path, settings("nvil", seed: 1))
      try write(Array("x\n{\"step\":3,\"validation_bound\":1}\n".utf8), to: "\(path)/metrics.jsonl")
      let page = try Report([ListedRun(opening: path)]).page()
      #expect(page.contains("Could not be read: \(path)/metrics.jsonl: line 1"))
      #expect(page.contains("<b>3</b><span>step</span>"))
    }
  }

  private let figure = ReportFigure(
    panel: .init(
      title: "bound", xLabel: "steps", y: .logarithmic,
      series: [
        .init(name: "a \"b\"", points: [(1, 2), (3, 4)], band: [(1.5, 2.5), (3, 5)]),
        .init(name: "c", points: [(1, 8)]),
      ]), caption: "A caption.")

  @Test("a figure's data are its points with their bands")
  func data() {
    #expect(
      figure.csv == """
        series,x,y,low,high
        "a ""b""\",1.0,2.0,1.5,2.5
        "a ""b""\",3.0,4.0,3.0,5.0
        "c",1.0,8.0,,

        """)
  }

  @Test("its description has the same data, axes and scales")
  func vegaLite() throws {
    let description = figure.vegaLite
    #expect(
      description["data"]?["values"] == [
        ["series": "a \"b\"", "x": 1, "y": 2, "low": 1.5, "high": 2.5],
        ["series": "a \"b\"", "x": 3, "y": 4, "low": 3, "high": 5],
        ["series": "c", "x": 1, "y": 8],
      ])
    let layers = try #require(description["layer"]?.array)
    #expect(layers.count == 2 && layers[1]["mark"] == "line")
    let axes = layers[1]["encoding"]
    #expect(axes?["x"]?["title"] == "steps" && axes?["x"]?["scale"]?["type"] == "linear")
    #expect(axes?["y"]?["title"] == "bound" && axes?["y"]?["scale"]?["type"] == "log")
  }

  @Test(
    "bytes in an address come back",
    arguments: [[], [0], [255, 254], [1, 2, 3], [UInt8](0...255)] as [[UInt8]])
  func address(bytes: [UInt8]) {
    let address = dataAddress("text/plain", bytes)
    #expect(address == "data:text/plain;base64,\(Data(bytes).base64EncodedString())")
  }
}
