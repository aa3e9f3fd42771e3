import Datasets
import Testing

/// The numbers are those of networkx 3.6.1, `spring_layout(graph, pos=places, iterations=1)`.
struct SpringLayoutTests {
  /// Two of the vertices stand nearer than 0.01.
  private func five() -> SpringLayout {
    SpringLayout(
      places: [[0.9, -0.3], [-0.4, 0.8], [0.2, 0.1], [-1.2, -0.5], [0.205, 0.1]],
      lines: [(0, 2), (1, 2), (3, 1), (2, 4)])
  }

  private func distance(_ layout: SpringLayout, _ expected: [SIMD2<Double>]) -> Double {
    zip(layout.places, expected).reduce(0) {
      max($0, pointwiseMax($1.0 - $1.1, $1.1 - $1.0).max())
    }
  }

  @Test("a step is that of networkx")
  func step() {
    var layout = five()
    layout.step()
    let expected: [SIMD2<Double>] = [
      [0.800911409358501, -0.24787258372091048], [-0.37509945422955776, 0.5325548416564536],
      [0.07719167482374817, 0.05241232451869491], [-1, -0.37448666457023694],
      [0.49699637004730857, 0.03739208211599887],
    ]
    #expect(distance(layout, expected) < 1e-15)
  }

  @Test("ten steps are ten of networkx")
  func steps() {
    var layout = five()
    for _ in 0..<10 { layout.step() }
    let expected: [SIMD2<Double>] = [
      [0.5465034460160981, -0.41574002037004], [-0.6491927382512881, 0.01646230277001587],
      [0.3790097256580425, -0.03852833234469732], [-1, 0.03323908951878027],
      [0.7236795665771475, 0.40456696042594126],
    ]
    #expect(distance(layout, expected) < 1e-14)
  }

  @Test("a force below 0.01 moves a vertex less far")
  func balance() {
    var layout = SpringLayout(
      places: [[-0.661, 0], [0, 0.004], [0.66, 0.001]], lines: [(0, 1), (1, 2)])
    layout.step()
    let expected: [SIMD2<Double>] = [
      [-0.9424846051552804, 0.02290228396108588], [-0.05751539484471944, -0.04700584171699328],
      [1, 0.024103557755907404],
    ]
    #expect(distance(layout, expected) < 1e-14)
  }

  @Test("vertices in one place stay at the center")
  func point() {
    var (alone, pair) = (
      SpringLayout(places: [[3, 4]], lines: []),
      SpringLayout(places: [[1, 1], [1, 1]], lines: [(0, 1)])
    )
    alone.step()
    pair.step()
    #expect(alone.places == [.zero] && pair.places == [.zero, .zero])
  }

  @Test("a layout that is none is refused with its numbers")
  func refusals() async {
    await #expect(processExitsWith: .failure) { _ = SpringLayout(places: [], lines: []) }
    await #expect(processExitsWith: .failure) {
      _ = SpringLayout(places: [[0, .infinity]], lines: [])
    }
    let line = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = SpringLayout(places: [[0, 1], [1, 0]], lines: [(0, 2)])
    }
    let text = String(decoding: line?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("a line between 0 and 2 of 2 vertices"))
  }
}
