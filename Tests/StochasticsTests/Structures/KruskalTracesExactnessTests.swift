import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct KruskalTracesExactnessTests {
  private static let isDouble = MemoryLayout<Scalar>.size == 8

  private func logits(_ vertices: Int) -> Tensor {
    var generator = Philox(seed: 61)
    return .randomNormal([vertices * (vertices - 1) / 2], using: &generator)
  }

  @Test(
    "probabilities sum to one over all traces: 125 x 24 of five vertices",
    arguments: [(1, 1), (2, 1), (3, 6), (4, 96), (5, 3000)])
  func normalized(vertices: Int, count: Int) {
    let law = KruskalTraces(logits: logits(vertices), vertices: vertices)
    #expect(law.stateCount == count)
    let states = law.states()
    #expect(states.shape == [count, vertices - 1])
    let total = law.logProbability(states).exp().sum().item
    #expect(abs(Double(total) - 1) < (Self.isDouble ? 1e-12 : 1e-4))
    // Every trace is another one, and a tree.
    #expect(
      Set(
        (0..<count).map { row in
          Array(states.indices.values[(row * (vertices - 1))..<((row + 1) * (vertices - 1))])
        }
      ).count == count)
  }

  /// 40,000 draws over 96 traces; false alarms 1e-6.
  @Test("samples follow the probabilities of traces, and the trees are not those of the Gibbs law")
  func samples() {
    let law = KruskalTraces(logits: logits(4), vertices: 4)
    var generator = Philox(seed: 62)
    let drawn = law.sample(40_000, using: &generator)
    let states = law.states()
    func traces(_ orders: Orders) -> [[Int32]] {
      let values = orders.indices.values
      return stride(from: 0, to: values.count, by: 3).map { Array(values[$0..<($0 + 3)]) }
    }
    let places = Dictionary(uniqueKeysWithValues: traces(states).enumerated().map { ($1, $0) })
    var counts = [Int](repeating: 0, count: places.count)
    for trace in traces(drawn) { counts[places[trace] ?? 0] += 1 }
    let p = law.logProbability(states).exp().scalars.map { Double($0) }
    #expect(ChiSquare(observed: counts, probabilities: p).pValue > 1e-6)
    let mean =
      (KruskalTraces.point(states) * Tensor(p.map { Scalar($0) }).expandingDimensions(at: 1))
      .sum(along: 0)
    let gibbs = Gibbs(logits: logits(4), structure: SpanningTree(vertices: 4)).marginals
    #expect(((mean - gibbs).squared().scalars.max() ?? .infinity) > 1e-5)
    #expect(abs(mean.sum().item - 3) < 1e-4)
  }

  @Test("keys given a trace have that trace, and are those of the noise that gives them back")
  func coupling() {
    let law = KruskalTraces(logits: logits(5), vertices: 5)
    var generator = Philox(seed: 63)
    let free = law.perturbation(law.noise(500, using: &generator))
    let traces = law.harden(free)
    let again = law.conditional(on: traces, noise: law.conditionalNoise(of: free, given: traces))
    #expect(((again - free).squared().scalars.max() ?? .infinity) < (Self.isDouble ? 1e-12 : 1e-3))
    let fresh = law.conditional(on: traces, noise: law.noise(500, using: &generator))
    #expect(law.harden(fresh) == traces)
    #expect((fresh - free).squared().mean().item > 0.1)
    let relaxed = law.relax(free, temperature: 1e-4)
    #expect((relaxed - KruskalTraces.point(traces)).squared().mean().item < 1e-2)
  }

  /// 20,000 pairs; the means and squares of six keys within five standard errors, 1.2e-5 together.
  @Test("keys given the traces of other keys have the law of keys")
  func conditionalLaw() {
    let law = KruskalTraces(logits: logits(4), vertices: 4)
    var generator = Philox(seed: 64)
    let count = 20_000
    let given = law.conditional(
      on: law.sample(count, using: &generator), noise: law.noise(count, using: &generator))
    // Times are exponential of the lines' rates: their mean is one over the rate, and their
    // deviation too.
    let times = (-given).exp() * law.logits.exp()
    let (mean, square) = (times.mean(along: 0).scalars, times.squared().mean(along: 0).scalars)
    for line in 0..<6 {
      #expect(abs(Double(mean[line]) - 1) < 5 / Double(count).squareRoot())
      #expect(abs(Double(square[line]) - 2) < 5 * (20 / Double(count)).squareRoot())
    }
  }

  @Test("score-function estimators on traces keep every promise", arguments: Cost.allCases)
  func estimators(cost: Cost) {
    let problem = structured(.traces(vertices: 3), parts: 3) {
      KruskalTraces(logits: $0, vertices: 3)
    }
    let found = [
      problem.check(cost).failures(of: .reinforce(), samples: 1),
      problem.check(cost).failures(
        of: .reinforce(samples: 2, baseline: .leaveOneOut), samples: 2),
      problem.check(cost).failures(of: .exact(), samples: 1),
    ]
    #expect(found.flatMap { $0.map(\.description) } == [])
  }

  @Test("shifted logits have the same law; what does not fit is refused")
  func refusals() async {
    let states = KruskalTraces(logits: logits(4), vertices: 4).states()
    let (plain, shifted) = (
      KruskalTraces(logits: logits(4), vertices: 4).logProbability(states),
      KruskalTraces(logits: logits(4) + 100, vertices: 4).logProbability(states)
    )
    #expect(((plain - shifted).squared().scalars.max() ?? .infinity) < 1e-6)
    await #expect(processExitsWith: .failure) {
      _ = KruskalTraces(logits: Tensor([0, 1]), vertices: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = KruskalTraces(logits: Tensor([0, 1, .infinity]), vertices: 3)
    }
  }
}
