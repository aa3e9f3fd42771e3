import Datasets
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct SorterTests {
  /// Trains on plain numbers and returns the accuracy on others.
  private func trained<Objective: SortingObjective>(
    _ objective: Objective, length: Int, rate: Double, steps: Int
  ) throws -> SortingAccuracy {
    var generator = Philox(seed: 51)
    let scorer = NumberScorer(outputs: objective.outputs(items: length), using: &generator)
    var trainer = Trainer(
      Sorter(scorer: scorer, objective: objective), optimizer: Adam(), learningRate: rate)
    while trainer.step < steps {
      let batch = PlainNumbers(length: length).batch(10, from: generator.split())
      _ = try trainer.descend { sorter in
        sorter.loss(of: batch.items, order: batch.order, using: &generator).mean()
      }
    }
    var accuracy = SortingAccuracy()
    let test = PlainNumbers(length: length).batch(500, from: Philox(seed: 52))
    accuracy.add(trainer.model.order(of: test.items), against: test.order)
    return accuracy
  }

  @Test(
    "numbers are sorted without a fault after a few hundred small steps",
    arguments: [
      RelaxedSorting(temperature: 1), RelaxedSorting(temperature: 1, samples: 3),
      RelaxedSorting(.softSort(.absolute), temperature: 0.3),
      RelaxedSorting(.softSort(.squared), temperature: 0.3, samples: 2),
    ])
  func relaxed(objective: RelaxedSorting) throws {
    let found = try trained(objective, length: 5, rate: 0.01, steps: 200)
    #expect(found.exact == 1 && found.elementwise == 1 && found.sequences == 500)
  }

  @Test("likewise by relaxed matchings", arguments: [5, 10])
  func matching(length: Int) throws {
    let objective = MatchingSorting(.reconstruction)
    #expect(try trained(objective, length: length, rate: 0.1, steps: 300).exact == 1)
    let entropy = try trained(MatchingSorting(samples: 2), length: 5, rate: 0.1, steps: 300)
    #expect(entropy.exact > 0.98)
  }

  @Test("likewise from the costs of sampled orders", arguments: SampledSorting.Cost.allCases)
  func sampled(cost: SampledSorting.Cost) throws {
    let estimator = Reinforce<PlackettLuce, LeaveOneOutBaseline>(
      samples: 4, baseline: .leaveOneOut)
    let objective = SampledSorting(cost, estimator: estimator)
    #expect(try trained(objective, length: 4, rate: 0.02, steps: 400).exact == 1)
  }

  @Test("scores that are not finite give a loss that is not, and no trap")
  func overflow() {
    var generator = Philox(seed: 53)
    var scorer = NumberScorer(using: &generator)
    scorer.output.bias = [.infinity]
    var sorter = Sorter(scorer: scorer, objective: RelaxedSorting())
    let batch = PlainNumbers(length: 3).batch(2, from: generator)
    let loss = sorter.loss(of: batch.items, order: batch.order, using: &generator)
    #expect(loss.shape == [2] && !loss.allFinite)
  }

  @Test("accuracies count sequences and places")
  func accuracy() {
    var found = SortingAccuracy()
    let orders = Orders(Indices([0, 1, 2, 2, 1, 0], shape: [2, 3]), itemCount: 3)
    found.add(orders, against: Indices([0, 1, 2, 1, 2, 0], shape: [2, 3]))
    #expect(found.sequences == 2 && found.exact == 0.5 && found.elementwise == 4.0 / 6)
  }
}

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
