import Runs
import Stochastics
import Tensors

/// Pictures that the library computes: those of the lecture on discrete deep generative models, and
/// what sorting costs.
public enum Picture: String, CaseIterable, Sendable {
  case gumbel
  case simplexSamples = "simplex-samples"
  case biasVariance = "bias-variance"
  case expectations
  case simplexDensity = "simplex-density"
  case sortingDigits = "sorting-digits"
  case sortingCost = "sorting-cost"

  /// A sentence on the content of the picture.
  public var caption: String {
    switch self {
    case .gumbel: "the density of the Gumbel distribution, its CDF, and 100,000 draws"
    case .simplexSamples: "samples of a Gumbel-Softmax with probabilities 0.60, 0.25, 0.15"
    case .biasVariance: "bias and variance of Gumbel-Softmax gradients against temperature"
    case .expectations: "one sample and the expectation of a Gumbel-Softmax over temperatures"
    case .simplexDensity: "the density of a Gumbel-Softmax with probabilities 0.60, 0.25, 0.15"
    case .sortingDigits: "digits that NeuralSort keeps, as published and by gaps"
    case .sortingCost: "time of relaxed sorts against items and temperature; takes a minute"
    }
  }

  static let probabilities: [Scalar] = [0.60, 0.25, 0.15]

  /// The picture, whose draws are a function of the seed.
  public func svg(seed: UInt64) -> String {
    var generator = Philox(seed: seed)
    switch self {
    case .gumbel: return gumbel(&generator)
    case .simplexSamples: return samples(&generator)
    case .biasVariance: return biasVariance(seed: seed)
    case .expectations: return expectations(&generator)
    case .simplexDensity: return density()
    case .sortingDigits: return sortingDigits(&generator)
    case .sortingCost: return sortingCost(&generator)
    }
  }

  // MARK: The Gumbel distribution

  private func gumbel(_ generator: inout Philox) -> String {
    let law = Gumbel()
    let count = 240
    let places = (0...count).map { Scalar($0) / Scalar(count) * 10 - 3 }
    let x = Tensor(places)
    func curve(_ y: Tensor) -> [(x: Double, y: Double)] {
      zip(places, y.scalars).map { (Double($0), Double($1)) }
    }
    let draws = law.sample(100_000, using: &generator).scalars.sorted()
    // The share of draws in bins of a quarter, each at its center.
    let bins = (0..<40).map { bin -> (x: Double, y: Double) in
      let low = Scalar(bin) / 4 - 3
      let inside = draws.filter { $0 >= low && $0 < low + 0.25 }.count
      return (Double(low) + 0.125, Double(inside) / Double(draws.count) / 0.25)
    }
    let steps = (0...100).map { step -> (x: Double, y: Double) in
      let index = min(draws.count - 1, step * (draws.count - 1) / 100)
      return (Double(draws[index]), Double(step) / 100)
    }.filter { $0.x > -3 && $0.x < 7 }
    return LineChart(
      title: "Gumbel(0, 1): -log(-log U)",
      panels: [
        .init(
          title: "density exp(-x - exp(-x))", xLabel: "x",
          series: [
            .init(name: "exact", points: curve(law.logDensity(x).exp())),
            .init(name: "100,000 draws", points: bins),
          ]),
        .init(
          title: "CDF exp(-exp(-x))", xLabel: "x",
          series: [
            .init(name: "exact", points: curve(law.cumulative(x))),
            .init(name: "100,000 draws", points: steps),
          ]),
      ]
    ).svg()
  }

  // MARK: Bias and variance

  /// Gradients in three logits of E[cost of the class], costs one apart, at 33 temperatures.
  private func biasVariance(seed: UInt64) -> String {
    let costs: Tensor = [0, 1, 4]
    let study = GradientStudy<Categorical>(
      parameters: Tensor(Self.probabilities, shape: [1, 3]).log(),
      distribution: { Categorical(logits: $0) },
      // A square in the point, so that relaxing it matters.
      cost: { (($0 * costs).sum(along: -1).sum(along: -1) - 1.5).squared() })
    var (exact, generator) = (Exact<Categorical>(), Philox(seed: 0))
    let target = gradient(at: study.parameters) { logits in
      exact.expectation(
        over: Categorical(logits: logits), using: &generator,
        of: { (point: Tensor, _: inout Philox) -> Tensor in study.cost(point) })
    }.scalars.map { Double($0) }
    let temperatures = (0...20).map { 0.1 * Double(Tensor(Scalar($0) * 0.23).exp().item) }
    func measured(_ make: (Double) -> GumbelSoftmax<Categorical>) -> [(
      bias: Double, variance: Double
    )] {
      temperatures.map { temperature in
        let found = study.measure(make(temperature), draws: 20_000, pilot: 0, seed: seed)
        let bias = zip(found.mean, target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (bias.squareRoot(), found.variance)
      }
    }
    let soft = measured { GumbelSoftmax(temperature: .constant($0)) }
    let hard = measured { GumbelSoftmax(temperature: .constant($0), isHard: true) }
    func series(
      _ name: String, _ values: [(bias: Double, variance: Double)],
      _ part: KeyPath<(bias: Double, variance: Double), Double>
    ) -> LineChart.Series {
      .init(name: name, points: zip(temperatures, values).map { ($0, $1[keyPath: part]) })
    }
    return LineChart(
      title: "Gumbel-Softmax gradients of E[(c - 1.5)²], 20,000 draws at each temperature",
      panels: [
        .init(
          title: "bias, |mean - exact|", xLabel: "temperature", x: .logarithmic,
          series: [
            series("Gumbel-Softmax", soft, \.bias), series("straight-through", hard, \.bias),
          ]),
        .init(
          title: "variance", xLabel: "temperature", x: .logarithmic, y: .logarithmic,
          series: [
            series("Gumbel-Softmax", soft, \.variance),
            series("straight-through", hard, \.variance),
          ]),
      ]
    ).svg()
  }

  // MARK: Bars

  private func expectations(_ generator: inout Philox) -> String {
    let probabilities: [Scalar] = [0.1, 0.3, 0.4, 0.15, 0.05]
    let logits = Tensor(probabilities).log()
    let temperatures: [Double] = [0.1, 0.5, 1, 10]
    var svg = SVG(width: 90 + 150 * Double(temperatures.count + 1), height: 330)
    svg.text("Gumbel-Softmax with probabilities 0.1, 0.3, 0.4, 0.15, 0.05", at: (16, 24), size: 15)
    svg.text("expectation", at: (16, 120))
    svg.text("one sample", at: (16, 250))
    func bars(_ values: [Scalar], column: Int, top: Double) {
      let left = 100 + 150 * Double(column)
      for (index, value) in values.enumerated() {
        let height = 90 * Double(value)
        svg.rectangle(x: left + 22 * Double(index), y: top + 90 - height, width: 18, height: height)
      }
      svg.line(from: (left - 4, top + 90), to: (left + 110, top + 90))
    }
    let noise = Tensor.randomGumbel([5], using: &generator)
    let one = (logits + noise).argmax(along: -1).oneHot(classes: 5).scalars
    svg.text("categorical", at: (154, 52), anchor: .middle)
    bars(probabilities, column: 0, top: 70)
    bars(one, column: 0, top: 200)
    for (index, temperature) in temperatures.enumerated() {
      let law = Concrete(logits: logits, temperature: temperature)
      let mean = law.sample(100_000, using: &generator).mean(along: 0).scalars
      svg.text(
        "temperature \(decimal(temperature, 1))", at: (304 + 150 * Double(index), 52),
        anchor: .middle)
      bars(mean, column: index + 1, top: 70)
      // The same noise in every column: only the temperature differs.
      bars(
        ((logits + noise) / Scalar(temperature)).softmax(along: -1).scalars, column: index + 1,
        top: 200)
    }
    return svg.text()
  }
}
