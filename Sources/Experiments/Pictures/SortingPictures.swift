import RealModule
import Runs
import Stochastics
import Tensors

extension Picture {
  // MARK: Digits

  /// The largest error of a blended value in single precision, of the published logits and of the
  /// gap form.
  func sortingDigits(_ generator: inout Philox) -> Drawing {
    let n = 1000
    let scores = Tensor.randomUniform([n], using: &generator)
    let payload = Tensor.randomUniform([n, 1], using: &generator)
    var (published, gaps): ([(x: Double, y: Double)], [(x: Double, y: Double)]) = ([], [])
    for exponent in stride(from: 2.0, through: 9.0, by: 0.25) {
      let scale = Double.pow(10, exponent)
      let temperature = Double(n) / scale
      let exact = Self.blend(scores, payload, temperature: temperature)
      func error(_ values: Tensor) -> Double {
        // A value below the last digit would have no place on the axis.
        zip(values.scalars, exact).reduce(1e-9) { max($0, abs(Double($1.0) - $1.1)) }
      }
      let weights = (scores.neuralSortLogits / Scalar(temperature)).softmax(along: -1)
      published.append((scale, error(weights.matmul(payload))))
      gaps.append(
        (scale, error(NeuralSort(scores: scores, temperature: temperature).apply(to: payload))))
    }
    return LineChart(
      title: "NeuralSort of 1,000 uniform scores in single precision",
      panels: [
        .init(
          title: "largest error of a blended value",
          xLabel: "number of items · range of the scores / temperature",
          yLabel: "error, values from 0 to 1", x: .logarithmic,
          y: .logarithmic,
          series: [
            .init(name: "published logits", points: published),
            .init(name: "gap form", points: gaps),
          ])
      ]
    ).drawing()
  }

  /// NeuralSort by gaps in double precision, entry by entry.
  private static func blend(_ scores: Tensor, _ payload: Tensor, temperature: Double) -> [Double] {
    let rows = zip(scores.scalars, payload.scalars).map { (Double($0), Double($1)) }
      .sorted { $0.0 > $1.0 }
    return rows.indices.map { i in
      var (total, sum) = (1.0, rows[i].1)
      for side in [1, -1] {
        var (distance, steps, r) = (0.0, 1.0, i)
        while rows.indices.contains(r + side) {
          distance += steps * abs(rows[r].0 - rows[r + side].0)
          (steps, r) = (steps + 2, r + side)
          let weight = Double.exp(-distance / temperature)
          total += weight
          sum += weight * rows[r].1
        }
      }
      return sum / total
    }
  }

  // MARK: Cost

  private enum Sort: String, CaseIterable {
    case published = "NeuralSort, dense"
    case neuralSort = "NeuralSort, streamed"
    case banded = "NeuralSort, error 1e-6"
    case absolute = "SoftSort p = 1"
    case squared = "SoftSort p = 2"

    func value(_ scores: Tensor, _ payload: Tensor, temperature: Double) -> Tensor {
      switch self {
      case .published:
        (scores.neuralSortLogits / Scalar(temperature)).softmax(along: -1).matmul(payload)
      case .neuralSort: NeuralSort(scores: scores, temperature: temperature).apply(to: payload)
      case .banded:
        NeuralSort(scores: scores, temperature: temperature).apply(to: payload, error: 1e-6).value
      case .absolute: SoftSort(scores: scores, temperature: temperature).apply(to: payload)
      case .squared:
        SoftSort(scores: scores, temperature: temperature, power: .squared).apply(to: payload)
      }
    }

    /// Milliseconds of value and gradient, the median of three; n² numbers fill the memory in the
    /// end.
    func milliseconds(n: Int, temperature: Double, _ generator: inout Philox) -> Double? {
      guard self != .published || n <= 5000 else { return nil }
      let scores = Tensor.randomNormal([n], using: &generator)
      let payload = Tensor.randomNormal([n, 1], using: &generator)
      let times = (0..<4).map { _ in
        ContinuousClock().measure {
          _ = gradient(at: scores) { value($0, payload, temperature: temperature).sum() }
        } / .milliseconds(1)
      }
      return times.dropFirst().sorted()[1]
    }
  }

  /// Milliseconds against items at a temperature, and against temperature for some thousand items.
  func sortingCost(_ generator: inout Philox) -> Drawing {
    let sizes = [100, 300, 1000, 3000, 10_000, 30_000, 100_000]
    let temperatures = (-6...2).map { Double.pow(10, Double($0)) }
    var panels: [[LineChart.Series]] = [[], []]
    for sort in Sort.allCases {
      let bySize = sizes.compactMap { n in
        sort.milliseconds(n: n, temperature: 0.1, &generator).map { (x: Double(n), y: $0) }
      }
      let byTemperature = temperatures.compactMap { temperature in
        sort.milliseconds(n: 3000, temperature: temperature, &generator)
          .map { (x: temperature, y: $0) }
      }
      panels[0].append(.init(name: sort.rawValue, points: bySize))
      panels[1].append(.init(name: sort.rawValue, points: byTemperature))
    }
    return LineChart(
      title: "Milliseconds of value and gradient, normal scores, a payload of one column",
      panels: [
        .init(
          title: "temperature 0.1", xLabel: "items", yLabel: "milliseconds", x: .logarithmic,
          y: .logarithmic,
          series: panels[0]),
        .init(
          title: "3,000 items", xLabel: "temperature", yLabel: "milliseconds", x: .logarithmic,
          y: .logarithmic,
          series: panels[1]),
      ]
    ).drawing()
  }
}
