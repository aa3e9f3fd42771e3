package import Formats
import Models
package import Runs
import Tensors

/// The figures of a study over its seeds, way by way.
package struct SequenceStudyReport {
  package typealias Courses = [(name: String, seeds: [SequenceStudy.Course])]

  /// A figure of a way: its key in an object, and its interval over the seeds.
  private typealias Figure = (key: String, interval: MeanInterval)

  private let courses: Courses

  /// - Parameter courses: the ways, likelihood last.
  package init(_ courses: Courses) { self.courses = courses }

  private var figures: [(way: String, figures: [Figure])] {
    let beneath = (courses.last?.seeds ?? []).map { TradeOffCurve($0.sweep) }
    return courses.map { name, seeds in
      let (first, last) = (seeds.compactMap(\.points.first), seeds.compactMap(\.points.last))
      let margins = zip(seeds, beneath).map { course, curve in
        course.sweep.map { curve.margin(of: $0) }.max() ?? 0
      }
      let changes = Array(zip(last, first))
      return (
        name,
        [
          ("nll_oracle", MeanInterval(last.map(\.oracle))),
          ("nll_generator", MeanInterval(last.map(\.generator))),
          ("nll_oracle_change", MeanInterval(changes.map { $0.oracle - $1.oracle })),
          ("nll_generator_change", MeanInterval(changes.map { $0.generator - $1.generator })),
          ("margin", MeanInterval(margins)),
        ]
      )
    }
  }

  /// An object for each way.
  package var json: [JSON] {
    figures.map { way, figures in
      .object(
        [.init("way", JSON(way))]
          + figures.flatMap { key, interval in
            [.init(key, JSON(interval.mean)), JSON.Member(key + "_half", JSON(interval.half))]
          })
    }
  }

  /// The same for people.
  package var lines: [String] {
    TextTable(
      ["way", "nll_oracle", "nll_generator", "change of nll_oracle", "of nll_generator", "margin"],
      figures.map { way, figures in
        [way]
          + figures.map { "\(decimal($0.interval.mean, 3)) ± \(decimal($0.interval.half, 3))" }
      }
    ).lines
  }

  /// Both likelihoods over steps, and over temperatures at the end.
  package var chart: LineChart {
    LineChart(
      title:
        "Change since pre-training, nats a token: \(courses.first?.seeds.count ?? 0) seeds, 95% intervals",
      panels: [
        panel("NLL oracle, quality", \.oracle), panel("NLL generator, diversity", \.generator),
        tradeOff,
      ])
  }

  private func panel(
    _ title: String, _ value: @escaping (SequenceStudy.Point) -> Double
  ) -> LineChart.Panel {
    .init(
      title: title, xLabel: "steps of the generator after pre-training",
      series: courses.map { name, courses in
        let seeds = courses.map(\.points)
        // Oracles differ more than ways do, so each seed counts from where pre-training left it.
        let intervals = (0..<(seeds.map(\.count).min() ?? 0)).map { place in
          MeanInterval(seeds.map { value($0[place]) - value($0[0]) })
        }
        return .init(
          name: name,
          points: zip(seeds[0], intervals).map { (Double($0.step), $1.mean) },
          band: intervals.map { ($0.mean - $0.half, $0.mean + $0.half) })
      })
  }

  /// Means over the seeds, at each temperature.
  private var tradeOff: LineChart.Panel {
    .init(
      title: "NLL oracle over temperature; lower left is better", xLabel: "NLL generator",
      series: courses.map { name, courses in
        .init(
          name: name,
          points: SequenceStudy.temperatures.indices.map { place in
            (
              MeanInterval(courses.map(\.sweep[place].diversity)).mean,
              MeanInterval(courses.map(\.sweep[place].quality)).mean
            )
          })
      })
  }
}
