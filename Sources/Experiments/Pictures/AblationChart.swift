package import Runs

extension AblationStudy {
  /// The effect of every part on the noise, as a picture.
  package static func chart(of rows: [Row], draws: Int) -> IntervalChart {
    func panel(_ title: String, _ label: String, _ value: (Row) -> Double) -> IntervalChart.Panel {
      .init(title: title, xLabel: label, values: rows.map { (value: value($0), half: 0) })
    }
    return IntervalChart(
      title: "Parts of NVIL, one added after the other, \(draws) gradients each",
      labels: rows.map(\.name),
      panels: [
        panel("variance / mean²", "a ratio, log scale; less is better") { $0.ratio ?? .nan },
        panel("variance", "summed over weights, log scale") { $0.variance },
      ])
  }
}
