import Runs
import Stochastics
import Tensors

/// A law over structures as pictures show it: ink for the probability of each part, and over it the
/// likeliest state.
struct InkedLaw {
  /// Parts below half a percent can hardly be seen, and are left out where there are many.
  static let least = 0.005

  /// The probability of each part.
  let marginals: [Double]
  /// The parts of the likeliest state.
  let best: Set<Int>
  /// How many states there are, and the probability of the likeliest.
  let facts: String

  /// - Parameters:
  ///   - scores: one for each part.
  ///   - kind: what the states are.
  init<Shape: Structure>(_ structure: Shape, scores: [Double], of kind: String) {
    let law = Gibbs(logits: Tensor(scores.map { Scalar($0) }), structure: structure)
    let mode = law.mode()
    marginals = law.marginals.scalars.map { Double($0) }
    best = Set(mode.tensor.scalars.indices.filter { mode.tensor.scalars[$0] == 1 })
    facts =
      "\(grouped(law.stateCount ?? .max)) \(kind). The likeliest, in color, has probability "
      + significant(Double(law.logProbability(mode).exp().item)) + "."
  }
}

extension Drawing {
  /// A picture with a title, a line below it, and at its foot what ink and color mean.
  init(
    width: Double, height: Double, title: String, facts: String, likeliest: String,
    description: String
  ) {
    self.init(
      width: width, height: height, title: title,
      description: "\(description) \(facts) More ink is more probable.")
    text(title, at: (16, 25), size: 15, isBold: true)
    text(facts, at: (16, 45), color: .quiet)
    let y = height - 22
    text("probability in percent: 0", at: (16, y + 9), size: 11, color: .quiet)
    for step in 0...10 {
      rectangle(
        at: (150 + 11 * Double(step), y), width: 9, height: 11, fill: .ink, stroke: .grid,
        opacity: Double(step) / 10)
    }
    text("100", at: (275, y + 9), size: 11, color: .quiet)
    line(from: (318, y + 5.5), to: (344, y + 5.5), color: .likeliest, width: 2)
    text(likeliest, at: (350, y + 9), size: 11, color: .quiet)
  }

  /// A band along points, with as much ink as it is probable.
  mutating func ink(_ points: [Point], probability: Double, width: Double) {
    let ends = points.indices.map { index -> (Point, Point) in
      let (a, b) = (points[max(0, index - 1)], points[min(points.count - 1, index + 1)])
      let (dx, dy) = (b.x - a.x, b.y - a.y)
      let half = width / 2 / max(1e-9, (dx * dx + dy * dy).squareRoot())
      let place = points[index]
      return (
        (place.x - dy * half, place.y + dx * half), (place.x + dy * half, place.y - dx * half)
      )
    }
    polygon(ends.map(\.0) + ends.reversed().map(\.1), fill: .ink, opacity: probability)
  }

  /// A disc with as much ink as it is probable and the percent in it, ringed in color where it is
  /// part of the likeliest state.
  mutating func inkDisc(
    at center: Point, radius: Double, probability: Double, isBest: Bool
  ) {
    circle(at: center, radius: radius, fill: .paper)
    circle(at: center, radius: radius, fill: .ink, opacity: probability)
    circle(
      at: center, radius: radius, fill: nil, stroke: isBest ? .likeliest : .grid,
      width: isBest ? 2.5 : 1)
    text(
      percent(probability), at: (center.x, center.y + 4), anchor: .middle, size: 11,
      color: .over(probability))
  }
}

extension Theme.Color {
  /// Of the likeliest state.
  static let likeliest = Theme.Color.series(1)

  /// Letters on ink of a probability.
  static func over(_ probability: Double) -> Theme.Color { probability > 0.5 ? .paper : .ink }
}

/// A whole number of percent.
func percent(_ probability: Double) -> String { decimal(100 * probability, 0) }
