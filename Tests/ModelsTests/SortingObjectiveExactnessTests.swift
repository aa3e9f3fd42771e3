import Learning
import Models
import Stochastics
import Tensors
import Testing

struct SortingObjectiveExactnessTests {
  /// Three sequences of four scores, and orders that are not those of the scores.
  private let scores = Tensor(
    [0.3, -1, 2, 0.7, 1, 0, -2, 0.1, 0.2, 0.4, 0.6, 0.8], shape: [3, 4, 1])
  private let order = Indices([2, 0, 3, 1, 3, 1, 0, 2, 0, 1, 2, 3], shape: [3, 4])
  private let tolerance: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 1e-5

  @Test("the relaxed loss is the mean cross-entropy of the matrix")
  func relaxed() {
    var generator = Philox(seed: 1)
    let plain = scores.sliced(along: 2, at: 0)
    let truth = order.oneHot(classes: 4)
    let cases: [(RelaxedSorting.Relaxation, Tensor)] = [
      (.neuralSort, NeuralSort(scores: plain, temperature: 0.7).matrix),
      (.softSort(.squared), SoftSort(scores: plain, temperature: 0.7, power: .squared).matrix),
    ]
    for (relaxation, matrix) in cases {
      let loss = RelaxedSorting(relaxation, temperature: 0.7)
        .loss(scores: scores, items: scores, order: order, using: &generator)
      let expected = -(matrix * truth).sum(along: -1).log().mean(along: -1)
      #expect((loss - expected).abs().scalars.allSatisfy { $0 < tolerance })
    }
  }

  @Test("samples of a relaxed loss are those of the noise, and their mean")
  func samples() {
    var (generator, same) = (Philox(seed: 2), Philox(seed: 2))
    let loss = RelaxedSorting(temperature: 0.7, samples: 3)
      .loss(scores: scores, items: scores, order: order, using: &generator)
    let noisy = scores.sliced(along: 2, at: 0) + .randomGumbel([3, 3, 4], using: &same)
    let matrix = NeuralSort(scores: noisy, temperature: 0.7).matrix
    let expected = -(matrix * order.oneHot(classes: 4)).sum(along: -1).log().mean(along: -1)
      .mean(along: 0)
    #expect((loss - expected).abs().scalars.allSatisfy { $0 < tolerance })
  }

  @Test("the expected cost of sampled orders is that over all of them")
  func sampled() {
    var generator = Philox(seed: 3)
    let plain = scores.sliced(along: 2, at: 0)
    let law = PlackettLuce(logScores: plain)
    let states = law.states()
    let probabilities = law.logProbability(states).exp().scalars.map { Double($0) }
    for cost in SampledSorting.Cost.allCases {
      var objective = SampledSorting(cost, estimator: Exact<PlackettLuce>())
      let loss = objective.loss(scores: scores, items: scores, order: order, using: &generator)
      for sequence in 0..<3 {
        let truth = Array(order.values[sequence * 4..<sequence * 4 + 4])
        var expected = 0.0
        for state in 0..<24 {
          let found = Array(
            states.indices.values[(state * 3 + sequence) * 4..<(state * 3 + sequence) * 4 + 4])
          let each: [Double] = (0..<4).map { place in
            let item = found[place]
            let away = Double(place - (truth.firstIndex(of: item) ?? 9))
            return cost == .misplaced ? (away == 0 ? 0 : 1) : away * away
          }
          expected += probabilities[state * 3 + sequence] * each.reduce(0, +) / 4
        }
        #expect(abs(Double(loss.scalars[sequence]) - expected) < Double(tolerance))
      }
    }
  }

  @Test("without noise a matching's losses are those of its plan")
  func matching() {
    var generator = Philox(seed: 4)
    let square = Tensor.randomNormal([2, 3, 3], using: &generator)
    let items = Tensor.randomNormal([2, 3, 2], using: &generator)
    let order = Indices([2, 0, 1, 1, 0, 2], shape: [2, 3])
    let truth = order.oneHot(classes: 3)
    let plan = Sinkhorn(
      scores: square.transposed(), temperature: 0.8, tolerance: 1e-3, iterations: 50
    ).matrix
    func loss(_ kind: MatchingSorting.Loss) -> Tensor {
      var objective = MatchingSorting(kind, temperature: 0.8, noiseScale: 0, samples: 1)
      return objective.loss(scores: square, items: items, order: order, using: &generator)
    }
    let entropy = -(plan * truth).sum(along: -1).log().mean(along: -1)
    let squares = (plan.matmul(items) - truth.matmul(items)).squared().sum(along: [-2, -1])
    #expect((loss(.crossEntropy) - entropy).abs().scalars.allSatisfy { $0 < tolerance })
    #expect((loss(.reconstruction) - squares).abs().scalars.allSatisfy { $0 < tolerance })
    #expect(
      MatchingSorting().order(scores: square).indices
        == Assignment(scores: square.transposed()).order.indices)
  }
}
