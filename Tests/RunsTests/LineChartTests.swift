import Runs
import Testing

@Suite("Line charts")
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
