import Models
import Runs
import Stochastics
import Tensors

extension Picture {
  /// Shares of all orders of three items: exact, drawn place by place, and drawn by sorting scores
  /// with Gumbel noise.
  func plackettLuce(_ generator: inout Philox) -> Drawing {
    let draws = 10_000
    let law = PlackettLuce(logScores: Tensor(Self.probabilities).log())
    let states = law.states()
    let rows = orders(of: states)
    let exact = law.logProbability(states).exp().scalars.map { Double($0) }
    func shares(_ sample: Orders) -> [(value: Double, half: Double)] {
      let drawn = orders(of: sample)
      return rows.map { row in
        let share = Double(drawn.filter { $0 == row }.count) / Double(draws)
        return (
          share, MeanInterval.normalPoint * (share * (1 - share) / Double(draws)).squareRoot()
        )
      }
    }
    let sequential = shares(law.sampleByPlace(draws, using: &generator))
    let sorted = shares(law.sample(draws, using: &generator))
    return IntervalChart(
      title: "Plackett-Luce with scores 0.60, 0.25, 0.15: two samplers, 10,000 draws each",
      labels: rows.flatMap { row in
        let name = row.map { "\($0 + 1)" }.joined(separator: ", ")
        return ["\(name)  exact", "place by place", "scores + Gumbel, sorted"]
      },
      kinds: rows.flatMap { _ in ["exact", "place by place", "scores + Gumbel, sorted"] },
      panels: [
        .init(
          title: "probability of an order", xLabel: "probability, with 95 % intervals",
          values: rows.indices.flatMap { [(exact[$0], 0), sequential[$0], sorted[$0]] })
      ]
    ).drawing()
  }

  private func orders(of sample: Orders) -> [[Int32]] {
    let values = sample.indices.values
    return stride(from: 0, to: values.count, by: sample.placeCount).map {
      Array(values[$0..<$0 + sample.placeCount])
    }
  }

  /// The matrices of one sort of five scores at several temperatures.
  func relaxedPermutation() -> Drawing {
    let scores = RelaxedSort.scores
    let temperatures = [0.05, 0.3, 1, 3, 10]
    let (cell, step) = (26.0, 170.0)
    let n = scores.count
    let title = "A permutation of five items, relaxed at each temperature"
    var drawing = Drawing(
      width: 110 + step * Double(temperatures.count), height: 460, title: title,
      description: "Matrices of places and items by NeuralSort and by Sinkhorn. At temperature "
        + "0.05 every row has one dark cell, at 10 all cells are alike. Darker is more.")
    drawing.text(title, at: (16, 25), size: 15, isBold: true)
    for (column, temperature) in temperatures.enumerated() {
      let left = 116 + step * Double(column)
      drawing.text(
        "temperature \(decimal(temperature, 2))", at: (left + cell * Double(n) / 2, 54),
        anchor: .middle)
      for (part, matrix) in [
        RelaxedSort.neuralSort(temperature), RelaxedSort.sinkhorn(temperature),
      ].enumerated() {
        let top = 76 + 180 * Double(part)
        for (index, share) in matrix.enumerated() {
          drawing.rectangle(
            at: (left + cell * Double(index % n), top + cell * Double(index / n)), width: cell,
            height: cell, fill: .shade(share), stroke: .grid)
        }
        drawing.rectangle(
          at: (left, top), width: cell * Double(n), height: cell * Double(n), fill: nil,
          stroke: .axis)
        for (item, score) in scores.enumerated() {
          drawing.text(
            decimal(Double(score), 1), at: (left + cell * (Double(item) + 0.5), top - 4),
            anchor: .middle, size: 10, color: .quiet)
          drawing.text(
            "\(item + 1)", at: (left - 5, top + cell * (Double(item) + 0.65)), anchor: .end,
            size: 10, color: .quiet)
        }
      }
    }
    for (name, y) in [("NeuralSort", 140.0), ("Sinkhorn", 320)] {
      drawing.text(name, at: (16, y))
      drawing.text("rows: places", at: (16, y + 16), size: 10, color: .quiet)
      drawing.text("columns: scores", at: (16, y + 29), size: 10, color: .quiet)
    }
    drawing.drawShadeKey(at: (16, 430), from: "0", to: "1; darker is more")
    return drawing
  }
}

/// One sort of five scores, relaxed in two ways.
enum RelaxedSort {
  static let scores: [Scalar] = [1.2, -0.4, 2.1, 0.3, 0.9]

  static func neuralSort(_ temperature: Double) -> [Double] {
    NeuralSort(scores: Tensor(scores), temperature: temperature).matrix.scalars.map { Double($0) }
  }

  /// Sinkhorn of scores times the distance of a place from the middle, whose best matching is the
  /// sort.
  static func sinkhorn(_ temperature: Double) -> [Double] {
    let n = scores.count
    let logits = (0..<n).flatMap { place in scores.map { $0 * Scalar(n - 1 - 2 * place) } }
    return Sinkhorn(
      scores: Tensor(logits, shape: [n, n]), temperature: temperature, iterations: 2000
    ).matrix.scalars.map { Double($0) }
  }
}
