import Testing

@testable import Runs

struct LineChartTests {
  private static func svg(_ names: [String]) -> String {
    LineChart(
      title: "Chart",
      panels: [
        .init(
          title: "y", xLabel: "x",
          series: names.map { .init(name: $0, points: [(0, 1), (1, 2)]) })
      ]
    ).svg()
  }

  @Test(
    "values of any size are drawn",
    arguments: [
      [1e30, 2e30], [1e300, 1e300], [-1.7e308, 1.7e308], [1e15, 1e15 + 1], [0, 1e-300], [.nan, 1],
    ])
  func sizes(values: [Double]) {
    for scale in [LineChart.Scale.linear, .logarithmic] {
      let axis = Axis(values, scale)
      #expect(axis.ticks.count < 20 && axis.ticks.allSatisfy { $0.value.isFinite })
    }
    #expect(
      Axis([1e30, 2e30], .linear).ticks.map(\.text) == ["1.0e+30", "1.5e+30", "2.0e+30"])
  }

  @Test("names that do not fit beside each other take another line, and the picture grows")
  func legend() throws {
    let few = Self.svg(["one", "two"])
    let names = (1...5).map { "a curve with a long name \($0)" }
    let many = Self.svg(names)
    func height(_ svg: String) -> Double? {
      svg.firstMatch(of: /<svg [^>]* height="(\d+)"/).flatMap { Double($0.1) }
    }
    let width = try #require(
      many.firstMatch(of: /<svg [^>]*width="(\d+)"/).flatMap { Double($0.1) })
    #expect(try #require(height(many)) > #require(height(few)))
    for name in names {
      let place = try Regex("<text x=\"(\\d+)\"[^>]*>\(name)<")
      let x = try #require(many.firstMatch(of: place)?.output[1].substring.flatMap { Double($0) })
      #expect(x + 6 * Double(name.count) < width)
    }
  }
}
