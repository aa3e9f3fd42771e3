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
