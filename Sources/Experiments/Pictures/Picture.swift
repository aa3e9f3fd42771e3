public import Runs
import Stochastics
import Tensors

/// Pictures that the library computes: those of the lecture on discrete deep generative models,
/// what sorting costs, and laws over structures.
public enum Picture: String, CaseIterable, Sendable {
  case scoreFunction = "score-function"
  case controlVariates = "control-variates"
  case relaxedBit = "relaxed-bit"
  case gumbel
  case simplexSamples = "simplex-samples"
  case biasVariance = "bias-variance"
  case expectations
  case simplexDensity = "simplex-density"
  case training
  case plackettLuce = "plackett-luce"
  case relaxedPermutation = "relaxed-permutation"
  case sortingDigits = "sorting-digits"
  case sortingCost = "sorting-cost"
  case chain
  case segmentation
  case parse
  case dependencies
  case alignment
  case brackets
  case spanningTree = "spanning-tree"
  case arborescence
  case kruskal

  /// A sentence on the content of the picture.
  public var caption: String {
    switch self {
    case .scoreFunction: "the gradient of one bit's expected cost, exact and by REINFORCE"
    case .controlVariates: "variance of REINFORCE against baseline, control variate and samples"
    case .relaxedBit: "one bit as a step of its noise, and relaxed at four temperatures"
    case .gumbel: "the density of the Gumbel distribution, its CDF, and 100,000 draws"
    case .simplexSamples: "samples of a Gumbel-Softmax with probabilities 0.60, 0.25, 0.15"
    case .biasVariance: "bias and variance of Gumbel-Softmax gradients against temperature"
    case .expectations: "one sample and the expectation of a Gumbel-Softmax over temperatures"
    case .simplexDensity: "the density of a Gumbel-Softmax with probabilities 0.60, 0.25, 0.15"
    case .training: "the bound while a belief network and an autoencoder train; takes seconds"
    case .plackettLuce: "the two samplers of Plackett-Luce against exact probabilities"
    case .relaxedPermutation: "a permutation relaxed by NeuralSort and Sinkhorn over temperatures"
    case .sortingDigits: "digits that NeuralSort keeps, as published and by gaps"
    case .sortingCost: "time of relaxed sorts against items and temperature; takes a minute"
    case .chain: "labels and transitions of a sequence, by their probability"
    case .segmentation: "words of a phrase without spaces, by their probability"
    case .parse: "spans of binary trees over a sentence, by their probability"
    case .dependencies: "heads of words without crossing arcs, by their probability"
    case .alignment: "steps that align two spellings of a word, by their probability"
    case .brackets: "depths of balanced brackets, by their probability"
    case .spanningTree: "lines of spanning trees, by their probability"
    case .arborescence: "heads of words with crossing arcs, by their probability"
    case .kruskal: "lines of spanning trees by Kruskal's algorithm and by the Gibbs law"
    }
  }

  static let probabilities: [Scalar] = [0.60, 0.25, 0.15]

  /// The picture, whose draws are a function of the seed.
  public func drawing(seed: UInt64) -> Drawing {
    var generator = Philox(seed: seed)
    switch self {
    case .scoreFunction: return scoreFunction(seed: seed)
    case .controlVariates: return controlVariates(seed: seed)
    case .relaxedBit: return relaxedBit()
    case .gumbel: return gumbel(&generator)
    case .simplexSamples: return samples(&generator)
    case .biasVariance: return biasVariance(seed: seed)
    case .expectations: return expectations(&generator)
    case .simplexDensity: return density()
    case .training: return training(seed: seed)
    case .plackettLuce: return plackettLuce(&generator)
    case .relaxedPermutation: return relaxedPermutation()
    case .sortingDigits: return sortingDigits(&generator)
    case .sortingCost: return sortingCost(&generator)
    case .chain: return chain()
    case .segmentation: return segmentation()
    case .parse: return parse()
    case .dependencies: return dependencies()
    case .alignment: return alignment()
    case .brackets: return brackets()
    case .spanningTree: return spanningTree()
    case .arborescence: return arborescence()
    case .kruskal: return kruskal()
    }
  }

  // MARK: The Gumbel distribution

  private func gumbel(_ generator: inout Philox) -> Drawing {
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
          title: "density exp(-x - exp(-x))", xLabel: "x", yLabel: "density",
          series: [
            .init(name: "exact", points: curve(law.logDensity(x).exp())),
            .init(name: "100,000 draws", points: bins),
          ]),
        .init(
          title: "CDF exp(-exp(-x))", xLabel: "x", yLabel: "probability below x",
          series: [
            .init(name: "exact", points: curve(law.cumulative(x))),
            .init(name: "100,000 draws", points: steps),
          ]),
      ]
    ).drawing()
  }

  // MARK: Bias and variance

  /// At 21 temperatures.
  private func biasVariance(seed: UInt64) -> Drawing {
    let temperatures = (0...20).map { 0.1 * Double(Tensor(Scalar($0) * 0.23).exp().item) }
    let study = RelaxedGradients(draws: 20_000, seed: seed)
    let soft = temperatures.map { study.errors(temperature: $0, isHard: false) }
    let hard = temperatures.map { study.errors(temperature: $0, isHard: true) }
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
          title: "bias", xLabel: "temperature", yLabel: "|mean - exact gradient|", x: .logarithmic,
          series: [
            series("Gumbel-Softmax", soft, \.bias), series("straight-through", hard, \.bias),
          ]),
        .init(
          title: "variance", xLabel: "temperature", yLabel: "variance, summed over three logits",
          x: .logarithmic, y: .logarithmic,
          series: [
            series("Gumbel-Softmax", soft, \.variance),
            series("straight-through", hard, \.variance),
          ]),
      ]
    ).drawing()
  }

  // MARK: Bars

  private func expectations(_ generator: inout Philox) -> Drawing {
    let probabilities: [Scalar] = [0.1, 0.3, 0.4, 0.15, 0.05]
    let logits = Tensor(probabilities).log()
    let temperatures: [Double] = [0.1, 0.5, 1, 10]
    let columns = Double(temperatures.count + 1)
    let title = "Gumbel-Softmax with probabilities 0.1, 0.3, 0.4, 0.15, 0.05"
    var drawing = Drawing(
      width: 106 + 140 * columns, height: 330, title: title,
      description: "Bars for five classes: above the expectation, which is flat at temperature 10; "
        + "below one sample, which is one bar at temperature 0.1. The same noise in each column.")
    drawing.text(title, at: (16, 25), size: 15, isBold: true)
    func bars(_ values: [Scalar], column: Int, top: Double) {
      let left = 110 + 140 * Double(column)
      for (index, value) in values.enumerated() {
        let height = 90 * Double(value)
        drawing.rectangle(
          at: (left + 22 * Double(index), top + 90 - height), width: 18, height: height,
          fill: .series(0))
        drawing.text(
          "\(index + 1)", at: (left + 22 * Double(index) + 9, top + 103), anchor: .middle, size: 10,
          color: .quiet)
      }
      drawing.line(from: (left - 4, top + 90), to: (left + 110, top + 90))
    }
    for (name, top) in [("expectation", 70.0), ("one sample", 200)] {
      drawing.text(name, at: (14, top + 50))
      for share in [0, 0.5, 1] {
        let y = top + 90 * (1 - share)
        drawing.line(from: (106, y), to: (96 + 140 * columns, y), color: .grid)
        drawing.text(decimal(share, 1), at: (100, y + 3.5), anchor: .end, size: 10, color: .quiet)
      }
    }
    let noise = Tensor.randomGumbel([5], using: &generator)
    let one = (logits + noise).argmax(along: -1).oneHot(classes: 5).scalars
    drawing.text("categorical", at: (163, 54), anchor: .middle)
    bars(probabilities, column: 0, top: 70)
    bars(one, column: 0, top: 200)
    for (index, temperature) in temperatures.enumerated() {
      let law = Concrete(logits: logits, temperature: temperature)
      let mean = law.sample(100_000, using: &generator).mean(along: 0).scalars
      drawing.text(
        "temperature \(decimal(temperature, 1))", at: (303 + 140 * Double(index), 54),
        anchor: .middle)
      bars(mean, column: index + 1, top: 70)
      // The same noise in every column: only the temperature differs.
      bars(
        ((logits + noise) / Scalar(temperature)).softmax(along: -1).scalars, column: index + 1,
        top: 200)
    }
    drawing.text("class", at: (16, 303), size: 10, color: .quiet)
    return drawing
  }
}
