import Runs
import Testing

struct IntervalChartTests {
  private static func svg(_ values: [Double]) -> String {
    IntervalChart(
      title: "Chart", labels: values.indices.map { "row \($0)" },
      panels: [.init(title: "variance", values: values.map { (value: $0, half: $0 / 10) })]
    ).svg()
  }

  /// The places of circles, and of the labels of the scale.
  private static func places(_ svg: String) -> (circles: [Double], labels: [String: Double]) {
    let circles = svg.matches(of: /<circle cx="([\d.]+)"/).compactMap { Double($0.1) }
    let labels = svg.matches(of: /<text x="([\d.]+)"[^>]*font-size="10"[^>]*>([^<]*)</)
      .compactMap { match in Double(match.1).map { (String(match.2), $0) } }
    return (circles, Dictionary(uniqueKeysWithValues: labels))
  }

  @Test("an exact zero stands at a mark of its own, left of the scale")
  func zeros() throws {
    let (circles, labels) = Self.places(Self.svg([0, 0.1, 3]))
    let zero = try #require(labels["0"])
    #expect(circles[0] == zero)
    #expect(circles[1] > zero && circles[2] > circles[1])
    let scale = labels.filter { $0.key != "0" }
    #expect(scale.count > 1 && scale.values.allSatisfy { $0 > zero })
  }

  @Test("nothing but zeros has no scale, and nothing but positive values no mark for zero")
  func onlyZeros() {
    let zeros = Self.places(Self.svg([0, 0]))
    #expect(Array(zeros.labels.keys) == ["0"] && Set(zeros.circles) == Set(zeros.labels.values))
    #expect(Self.places(Self.svg([0.1, 3])).labels["0"] == nil)
  }
}
