import Formats
import TestSupport
import Testing

@testable import Runs

struct RunComparisonTests {
  /// A run in memory's stead: its settings, and a figure at steps 1, 2 and so on.
  private func run(
    _ path: String, _ settings: JSON, of key: String = "validation_bound", _ values: [Double]
  ) throws -> ListedRun {
    let folder = try RunFolder(creating: path)
    try folder.write(settings, to: "config.json")
    for (place, value) in values.enumerated() {
      try Metrics(folder).log([
        "step": JSON(place + 1), "seconds": JSON(Double(place) + value / 100), key: JSON(value),
      ])
    }
    return try ListedRun(opening: path)
  }

  private func settings(_ estimator: String, _ seed: Int, model: String = "m") -> JSON {
    ["model": JSON(model), "estimator": ["name": JSON(estimator)], "rate": 1, "seed": JSON(seed)]
  }

  @Test("runs that differ in their seeds alone are one group with a mean and its interval")
  func groups() throws {
    try withTemporaryFolder { root in
      let runs = [
        try run("\(root)/a1", settings("a", 1), [1, 2, 4]),
        try run("\(root)/b1", settings("b", 1), [7]),
        try run("\(root)/a2", settings("a", 2), [3, 6]),
      ]
      let comparison = try RunComparison(runs)
      #expect(comparison.figure == "validation_bound")
      #expect(comparison.groups.map(\.name) == ["a", "b"])
      // Both seeds have steps 1 and 2.
      let points = comparison.groups[0].points
      #expect(points.map(\.step) == [1, 2] && points.map(\.value) == [2, 4])
      #expect(abs(points[0].half - 12.706) < 1e-9 && abs(points[1].half - 2 * 12.706) < 1e-9)
      #expect(points[1].seconds == 1.04)
      #expect(comparison.groups[1].points.map(\.half) == [0])
      let chart = comparison.chart(over: .seconds)
      #expect(chart.panels[0].series.map(\.name) == ["a, 2 runs", "b"])
      #expect(chart.panels[0].series[0].points.map(\.x) == [0.02, 1.04])
      #expect(chart.panels[0].series.map(\.band.count) == [2, 0])
    }
  }

  @Test("groups are named by every setting in which they differ, one alone by itself")
  func names() throws {
    try withTemporaryFolder { root in
      let other: JSON = ["model": "m", "estimator": ["name": "b", "samples": 2], "rate": 3]
      let runs = [
        try run("\(root)/a", settings("a", 1), [1]), try run("\(root)/b", other, [1]),
      ]
      #expect(
        try RunComparison(runs).groups.map(\.name)
          == ["estimator a, rate 1", "estimator b:samples=2, rate 3"])
      #expect(try RunComparison([runs[0]]).groups.map(\.name) == ["m"])
    }
  }

  @Test("different models, a figure that some have not, and no common figure are refused by name")
  func refused() throws {
    try withTemporaryFolder { root in
      let a = try run("\(root)/a", settings("a", 1), [1])
      let other = try run("\(root)/other", settings("a", 1, model: "n"), [1])
      let loss = try run("\(root)/loss", settings("a", 1), of: "loss", [1])
      for (runs, figure, kind, word) in [
        ([a, other], nil, Failure.Kind.usage, "\(root)/other: a run of 'n'"),
        ([a, loss], "loss", .usage, "\(root)/a: its metrics have no 'loss'"),
        ([a, loss], nil, .badData, "no figure is in the metrics of all"),
        ([], nil, .usage, "no runs"),
      ] as [([ListedRun], String?, Failure.Kind, String)] {
        let failure = try #require(throws: Failure.self) {
          try RunComparison(runs, figure: figure)
        }
        #expect(failure.kind == kind && failure.description.contains(word), "\(failure)")
      }
    }
  }
}
