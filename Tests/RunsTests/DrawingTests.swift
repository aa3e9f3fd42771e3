import Foundation
import TestSupport
import Testing

@testable import Runs

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct DrawingTests {
  private static let chart = IntervalChart(
    title: "A & B <c>", labels: ["one", "two", "three"], kinds: ["unbiased", "biased", "unbiased"],
    panels: [
      .init(title: "bias", values: [(0, 0), (0.01, 0.02), (3, 0.5)]),
      .init(title: "nothing", values: [(.nan, 0), (.nan, 0), (.nan, 0)]),
    ])

  @Test("a picture is well-formed, says what it is, and has a dark scheme")
  func document() throws {
    let svg = Self.chart.svg()
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("<title>A &amp; B &lt;c&gt;</title>"))
    let description = try #require(svg.firstMatch(of: /<desc>([^<]*)<\/desc>/)?.1)
    #expect(
      description.contains("one (unbiased) exactly 0") && description.contains("two (biased)"))
    #expect(svg.contains("prefers-color-scheme: dark"))
    for color in [Theme.Color.series(0), .series(1), .paper] {
      #expect(svg.contains(Theme.code(color, .dark)))
    }
  }

  @Test("an interval beyond the scale ends in an arrow, kinds differ, an empty panel is left out")
  func intervals() {
    let svg = Self.chart.svg()
    #expect(svg.matches(of: /<polygon points="[^ ]+ [^ ]+ [^ ]+" [^>]*class="fill-1"/).count == 1)
    #expect(!svg.contains(">nothing<"))
    #expect(svg.contains(">unbiased<") && svg.contains(">biased<") && svg.contains(">exact<"))
  }

  @Test("where a decade is all there is, its parts have ticks")
  func decade() {
    let axis = Axis([2, 9], .logarithmic)
    #expect(axis.ticks.map(\.text) == ["2", "5"])
    #expect(axis.minorTicks.map { ($0 * 1000).rounded() / 1000 } == [3, 4, 6, 7, 8, 9])
    #expect(Axis([1e-6, 1e-3], .logarithmic).ticks.map(\.text).first == "10⁻⁶")
    #expect(Axis([1e-9, 1], .logarithmic).ticks.count <= 6)
  }

  @Test("temperatures stand at the points of a curve, with its errors")
  func labels() {
    let chart = LineChart(
      title: "t",
      panels: [
        .init(
          title: "p", xLabel: "x, nats", yLabel: "y, nats",
          series: [
            .init(
              name: "s", points: [(0, 0), (1, 1), (2, 4)],
              errors: [(0.1, 0.1), (0.1, 0.1), (0, 0)],
              labels: ["T 0.5", "T 1", "T 2"])
          ])
      ])
    let svg = chart.svg()
    for text in ["T 0.5", "T 1", "T 2", "x, nats", "y, nats"] { #expect(svg.contains(">\(text)<")) }
    #expect(svg.matches(of: /<line [^>]*class="stroke-0"/).count == 1 + 4 + 8)
  }

  @Test("pixels are those of the shapes")
  func pixels() {
    var canvas = Canvas(width: 4, height: 3, (1, 1, 1))
    canvas.fill([(1, 1), (2.5, 1), (2.5, 2), (1, 2)], (0, 0, 0))
    func gray(_ x: Int, _ y: Int) -> UInt8 { canvas.pixels[3 * (4 * y + x)] }
    #expect([gray(0, 1), gray(1, 1), gray(2, 1), gray(3, 1)] == [255, 0, 128, 255])
    #expect([gray(1, 0), gray(1, 2)] == [255, 255])
    #expect(StrokeText("10⁻³", size: 20).width < StrokeText("10-3", size: 20).width)
  }

  @Test("the ending of a name says what is written, or is refused")
  func endings() throws {
    try withTemporaryFolder { root in
      for (name, start) in [("a.svg", Array("<svg".utf8)), ("b.PNG", [0x89, 0x50, 0x4E, 0x47])] {
        let file = try PictureFile("\(root)/\(name)")
        try file.write(Self.chart.drawing())
        #expect(try bytes(of: "\(root)/\(name)").starts(with: start))
      }
      for name in ["a", "a.jpg", "svg"] {
        let failure = #expect(throws: Failure.self) { try PictureFile(name) }
        #expect(failure?.kind == .usage && failure?.description.hasPrefix("\(name): ") == true)
      }
    }
  }
}
