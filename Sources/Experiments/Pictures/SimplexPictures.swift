import Runs
import Stochastics
import Tensors

extension Picture {
  private static let temperatures: [Double] = [0.1, 0.5, 1, 2, 10]
  private static let side = 180.0

  /// A triangle for each temperature, with what is drawn in it.
  private func triangles(
    _ title: String, _ description: String, height: Double,
    _ draw: (_ law: Concrete, _ corners: Corners, inout Drawing) -> Void
  ) -> Drawing {
    let step = Self.side + 56
    var drawing = Drawing(
      width: step * Double(Self.temperatures.count) + 20, height: height, title: title,
      description: "At a corner one class has all of the probability. " + description)
    drawing.text(title, at: (16, 25), size: 15, isBold: true)
    for (index, temperature) in Self.temperatures.enumerated() {
      let corners = Corners(left: 30 + step * Double(index), bottom: 244, side: Self.side)
      let law = Concrete(logits: Tensor(Self.probabilities).log(), temperature: temperature)
      draw(law, corners, &drawing)
      for (a, b) in [(0, 1), (1, 2), (2, 0)] {
        drawing.line(from: corners.points[a], to: corners.points[b])
      }
      for (place, corner) in corners.labels.enumerated() {
        drawing.text(
          "class \(place + 1)", at: corner, anchor: .middle, size: 10, color: .quiet)
        drawing.text(
          decimal(Double(Self.probabilities[place]), 2), at: (corner.x, corner.y + 12),
          anchor: .middle, size: 10, color: .quiet)
      }
      drawing.text(
        "temperature \(decimal(temperature, 1))",
        at: (corners.points[0].x + Self.side / 2, 52), anchor: .middle)
    }
    return drawing
  }

  func samples(_ generator: inout Philox) -> Drawing {
    triangles(
      "1,000 samples of a Gumbel-Softmax at each temperature",
      "At low temperatures samples lie at the corners, at high ones in the middle.",
      height: 280
    ) { law, corners, drawing in
      let rows = law.sample(1000, using: &generator).scalars
      for index in stride(from: 0, to: rows.count, by: 3) {
        let place = corners.place(Double(rows[index]), Double(rows[index + 1]))
        drawing.circle(at: place, radius: 1.2, fill: .series(0), opacity: Theme.sheer)
      }
    }
  }

  func density() -> Drawing {
    var drawing = triangles(
      "Density of a Gumbel-Softmax at each temperature",
      "Darker is denser. The density is at the corners at low temperatures, within at high ones.",
      height: 304
    ) { law, corners, drawing in
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
        drawing.polygon(outline, fill: .shade(shade), stroke: .shade(shade), width: 0.6)
      }
    }
    drawing.drawShadeKey(
      at: (30, 280), from: "6 nats below", to: "the densest, log scale; darker is more")
    return drawing
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
      (left, bottom + 14), (left + side, bottom + 14), (left + side / 2, bottom - height - 18),
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
