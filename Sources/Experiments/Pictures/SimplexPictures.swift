import Runs
import Stochastics
import Tensors

extension Picture {
  private static let temperatures: [Double] = [0.1, 0.5, 1, 2, 10]
  private static let side = 180.0

  /// A triangle for each temperature, with what is drawn in it.
  private func triangles(
    _ title: String, _ draw: (_ law: Concrete, _ corners: Corners, inout SVG) -> Void
  ) -> String {
    let step = Self.side + 40
    var svg = SVG(width: 30 + step * Double(Self.temperatures.count), height: 260)
    svg.text(title, at: (16, 24), size: 15)
    for (index, temperature) in Self.temperatures.enumerated() {
      let corners = Corners(left: 30 + step * Double(index), bottom: 230, side: Self.side)
      let law = Concrete(logits: Tensor(Self.probabilities).log(), temperature: temperature)
      draw(law, corners, &svg)
      for (a, b) in [(0, 1), (1, 2), (2, 0)] {
        svg.line(from: corners.points[a], to: corners.points[b], color: "#888")
      }
      for (corner, p) in zip(corners.labels, Self.probabilities) {
        svg.text(decimal(Double(p), 2), at: corner, anchor: .middle, size: 10)
      }
      svg.text(
        "temperature \(decimal(temperature, 1))",
        at: (corners.points[0].x + Self.side / 2, 48), anchor: .middle)
    }
    return svg.text()
  }

  func samples(_ generator: inout Philox) -> String {
    triangles("1,000 samples of a Gumbel-Softmax at each temperature") { law, corners, svg in
      let rows = law.sample(1000, using: &generator).scalars
      for index in stride(from: 0, to: rows.count, by: 3) {
        let place = corners.place(Double(rows[index]), Double(rows[index + 1]))
        svg.circle(at: place, radius: 1.6, opacity: 0.35)
      }
    }
  }

  /// From white at 0 to blue at 1.
  private static func blue(_ shade: Double) -> String {
    let parts = [0x1F, 0x5F, 0xA8].map { Int(255 - shade * Double(255 - $0)) }
    return "rgb(\(parts[0]),\(parts[1]),\(parts[2]))"
  }

  func density() -> String {
    triangles("Density of a Gumbel-Softmax at each temperature, on a logarithmic scale of six nats")
    {
      law, corners, svg in
      let cells = 36
      // The centers of the small triangles of a grid, those that point up and those that point
      // down.
      var centers: [(a: Double, b: Double, isUp: Bool)] = []
      let third = 1.0 / 3
      for i in 0..<cells {
        for j in 0..<(cells - i) {
          let (a, b) = (Double(i), Double(j))
          centers.append((a + third, b + third, true))
          if i + j < cells - 1 { centers.append((a + 2 * third, b + 2 * third, false)) }
        }
      }
      let offsets = [(-third, -third), (2 * third, -third), (-third, 2 * third)]
      let n = Double(cells)
      let points: [Scalar] = centers.flatMap { center -> [Scalar] in
        let a = Scalar(center.a / n)
        let b = Scalar(center.b / n)
        return [a, b, 1 - a - b]
      }
      let logs = law.logDensity(of: Tensor(points, shape: [centers.count, 3])).scalars
      let sorted = logs.sorted()
      // Six nats down from what all but a hundredth of the cells stay below: ranges differ by
      // orders of magnitude.
      let most = Double(sorted[sorted.count * 99 / 100])
      for (center, log) in zip(centers, logs) {
        let shade = min(1, max(0, 1 + (Double(log) - most) / 6))
        // Cells overlap a little, so that no seam shows between them.
        let sign = center.isUp ? 1.06 : -1.06
        let outline = offsets.map { offset in
          corners.place((center.a + sign * offset.0) / n, (center.b + sign * offset.1) / n)
        }
        svg.polygon(outline, color: Self.blue(shade))
      }
    }
  }
}

/// The corners of an equilateral triangle, where one class has probability one.
private struct Corners {
  let points: [(x: Double, y: Double)]
  let labels: [(x: Double, y: Double)]

  init(left: Double, bottom: Double, side: Double) {
    let height = side * 0.866
    points = [(left, bottom), (left + side, bottom), (left + side / 2, bottom - height)]
    labels = [
      (left, bottom + 14), (left + side, bottom + 14), (left + side / 2, bottom - height - 6),
    ]
  }

  /// The place of probabilities (a, b, 1 - a - b).
  func place(_ a: Double, _ b: Double) -> (x: Double, y: Double) {
    let c = 1 - a - b
    return (
      a * points[0].x + b * points[1].x + c * points[2].x,
      a * points[0].y + b * points[1].y + c * points[2].y
    )
  }
}
