import Models
package import Runs

extension SequenceSweep {
  /// Quality over diversity of every generator, with the temperatures.
  package func chart(of curves: [Curve], at temperatures: [Double]) -> LineChart {
    LineChart(
      title: "Over temperature T, with two standard errors; lower left is better",
      panels: [
        .init(
          title: isText ? "1 - BLEU-5 of samples" : "nll_oracle of samples",
          xLabel: isText ? "self-BLEU-5 of samples" : "nll_generator of fresh data, nats a token",
          yLabel: isText ? "1 - BLEU-5; less is better" : "nats a token; less is better",
          series: curves.map { curve in
            .init(
              name: curve.name,
              points: curve.figures.map { ($0.point.diversity, $0.point.quality) },
              errors: curve.figures.map {
                (2 * $0.point.diversityError, 2 * $0.point.qualityError)
              },
              labels: temperatures.map { "T \(decimal($0, 2))" })
          })
      ])
  }
}
