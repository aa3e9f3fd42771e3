import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct ConcreteExactnessTests {
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-6 : 2e-3

  @Test("the binary density integrates to one", arguments: [0.4, 1, 2.5] as [Scalar])
  func binary(temperature: Scalar) {
    let law = BinaryConcrete(logits: 0.6, temperature: Double(temperature))
    // In the log-odds, where the density is smooth and its tails are exponential.
    let rows = NoiseRows.quadrature([[]], nodes: 200)
    let width: Scalar = 40 / temperature
    let l = (rows.values.reshaped([200]) - 0.5) * 2 * width
    let total = (law.logDensity(ofLogit: l).exp() * rows.weights).sum() * 2 * width
    #expect(abs(Double(total.item) - 1) < 10 * Self.tolerance)
  }

  @Test("the density of three classes integrates to one", arguments: [0.7, 1, 2] as [Scalar])
  func ternary(temperature: Scalar) {
    let law = Concrete(logits: Tensor([0.60, 0.25, 0.15]).log(), temperature: Double(temperature))
    // Log-ratios a = log y1 / y3 and b = log y2 / y3: dy1 dy2 = y1 y2 y3 da db.
    let rows = NoiseRows.quadrature([[0.5], [0.5]], nodes: 90)
    let width: Scalar = 30 / min(1, temperature)
    let ratios = (rows.values - 0.5) * 2 * width
    let x = concatenate([ratios, .zeros([rows.count, 1])], along: -1).logSoftmax(along: -1)
    let density = (law.logDensity(ofLog: x)).exp()
    let total = (density * rows.weights).sum() * 4 * width * width
    #expect(abs(Double(total.item) - 1) < 20 * Self.tolerance)
  }

  @Test("two classes are a bit: the densities agree", arguments: [0.3, 1, 4] as [Scalar])
  func agreement(temperature: Scalar) {
    let two = Concrete(logits: [0.9, -0.4], temperature: Double(temperature))
    let bit = BinaryConcrete(logits: 1.3, temperature: Double(temperature))
    let y: Tensor = [0.02, 0.3, 0.5, 0.77, 0.98]
    let points = stack([y, 1 - y], along: -1)
    for (a, b) in zip(two.logDensity(of: points).scalars, bit.logDensity(of: y).scalars) {
      #expect(abs(Double(a - b)) < 1e-3)
    }
  }

  @Test(
    "the largest coordinate has the categorical's law at every temperature: chi-square, false alarms below 1e-6",
    arguments: [1e-6, 0.1, 1, 100] as [Scalar])
  func law(temperature: Scalar) {
    let law = Concrete(logits: Tensor([0.60, 0.25, 0.15]).log(), temperature: Double(temperature))
    var generator = Philox(seed: 61)
    let count = 100_000
    let x = law.sampleLog(count, using: &generator)
    let chosen = x.argmax(along: -1).values.map { Int($0) }
    let counts = (0..<3).map { label in chosen.filter { $0 == label }.count }
    let result = ChiSquare(observed: counts, probabilities: [0.60, 0.25, 0.15])
    #expect(result.pValue > 1e-6)
  }
}
