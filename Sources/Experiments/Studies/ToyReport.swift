package import Formats
package import Runs

extension ToyResult {
  /// The figures at the end, `nil` without any.
  package var json: JSON? {
    guard let last = curve.last else { return nil }
    return [
      "estimator": JSON(name), "right": JSON(right), "seeds": JSON(runs),
      "cost": JSON(last.cost),
      "log10_variance": last.logVariance.isFinite ? JSON(last.logVariance) : .null,
    ]
  }

  /// The same for people.
  package static func text(of results: [ToyResult]) -> [String] {
    TextTable(
      ["estimator", "right end", "expected cost", "log10 variance at the end"],
      results.compactMap { result in
        result.curve.last.map { last in
          [
            result.name, "\(result.right) of \(result.runs)", decimal(last.cost, 6),
            last.logVariance.isFinite ? decimal(last.logVariance, 2) : "-",
          ]
        }
      }
    ).lines
  }

  /// Costs and variances over steps.
  package static func chart(of results: [ToyResult], title: String) -> LineChart {
    func panel(_ title: String, _ label: String, _ value: (Look) -> Double) -> LineChart.Panel {
      .init(
        title: title, xLabel: "steps", yLabel: label,
        series: results.map { result in
          .init(name: result.name, points: result.curve.map { (Double($0.step), value($0)) })
        })
    }
    return LineChart(
      title: title,
      panels: [
        panel("expected cost", "cost", \.cost),
        panel("variance of the gradient", "log10 of the variance", \.logVariance),
      ])
  }
}
