package import Runs
import Stochastics
import Tensors

extension ComparisonRow {
  /// Bias, variance, and variance times calls of the cost, of estimators on a problem.
  package static func chart(of rows: [ComparisonRow], on problem: String) -> IntervalChart {
    IntervalChart(
      title: "Estimators on \(problem)", labels: rows.map(\.label),
      kinds: rows.map(\.bias.rawValue),
      panels: [
        .init(
          title: "bias", xLabel: "largest |mean - exact|, 95 %, log scale",
          values: rows.map(\.largestDifference)),
        .init(
          title: "variance", xLabel: "summed over the logits, 95 %, log scale",
          values: rows.map { ($0.measurement.variance, $0.measurement.varianceInterval) }),
        .init(
          title: "variance x cost calls", xLabel: "of one call's worth, 95 %, log scale",
          values: rows.map {
            ($0.work, $0.measurement.varianceInterval * $0.measurement.evaluations)
          }),
      ])
  }

  /// The coordinate that is furthest from the exact gradient, and half of its interval.
  private var largestDifference: (value: Double, half: Double) {
    guard let exact else { return (.nan, 0) }
    let differences = zip(measurement.mean, exact).map { abs($0 - $1) }
    let place = differences.indices.max { differences[$0] < differences[$1] } ?? 0
    return (differences[place], MeanInterval.normalPoint * measurement.standardError[place])
  }

  /// The rows for people, and below them what is to be said of them.
  package static func text(of rows: [ComparisonRow]) -> [String] {
    if rows.contains(where: \.isListed) { return listedText(of: rows) }
    let table = TextTable(
      ["estimator", "bias", "calls", "z", "variance", "variance x calls", "µs"],
      rows.map { row in
        let m = row.measurement
        return [
          row.label, row.bias.rawValue, decimal(m.evaluations, 2),
          row.z.map { decimal($0, 1) } ?? "-", significant(m.variance, within: m.varianceInterval),
          significant(row.work), decimal(m.microseconds, 3),
        ]
      })
    let best = rows.filter(\.isCandidate).min { $0.work < $1.work }
    return table.lines + [
      "",
      "z: the largest difference from the exact gradient, in standard errors, over \(rows.first?.measurement.draws ?? 0) estimates",
    ] + rows.compactMap { row in row.remark.map { "\(row.label): \($0)" } }
      + (best.map { ["least variance per cost call among the unbiased: \($0.label)"] } ?? [])
  }
  /// Coordinates of a gradient that a table shows.
  private static var mostCoordinates: Int { 6 }

  /// The rows whose means are exact, below the exact gradient.
  private static func listedText(of rows: [ComparisonRow]) -> [String] {
    func vector(_ values: [Double]) -> String {
      let shown = values.prefix(mostCoordinates).map { decimal($0, 4) }
      return "(" + (values.count > shown.count ? shown + ["..."] : shown).joined(separator: ", ")
        + ")"
    }
    let table = TextTable(
      ["estimator", "bias", "calls", "mean", "cosine", "variance"],
      rows.map { row in
        let m = row.measurement
        return [
          row.label, row.bias.rawValue, decimal(m.evaluations, 0), vector(m.mean),
          row.cosine.map { decimal($0, 4) } ?? "-", significant(m.variance),
        ]
      })
    let exact = rows.compactMap(\.exact).first.map { ["the exact gradient: \(vector($0))", ""] }
    return (exact ?? []) + table.lines + [
      "",
      "means and variances are sums over all draws; cosine: of the angle to the exact gradient",
    ] + rows.compactMap { row in row.remark.map { "\(row.label): \($0)" } }
  }
}
