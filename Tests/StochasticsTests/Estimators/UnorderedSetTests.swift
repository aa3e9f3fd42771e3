import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct UnorderedSetTests {
  /// Every ordered draw without replacement of `k` places, and its probability.
  static func orders(_ p: [Double], _ k: Int) -> [(places: [Int], probability: Double)] {
    var result: [(places: [Int], probability: Double)] = [([], 1)]
    for _ in 0..<k {
      result = result.flatMap { drawn in
        let left = 1 - drawn.places.reduce(0) { $0 + p[$1] }
        return p.indices.filter { !drawn.places.contains($0) }.map {
          (drawn.places + [$0], drawn.probability * p[$0] / left)
        }
      }
    }
    return result
  }

  static func errors<Base: DistinctSampling>(
    _ problem: Problem<Base>, _ cost: Cost, samples: Int
  ) -> (value: Double, gradient: Double, direct: Double) {
    // One state for each batch entry gives the probabilities in the order of places.
    let listed = problem.draws.samples([Array(0..<problem.draws.stateCount)])
    let p = problem.draws.distribution(problem.parameters, problem.draws.stateCount)
      .logProbability(listed).exp().scalars.map { Double($0) }
    let draws = orders(p, samples)
    let states = problem.draws.samples(
      (0..<samples).map { place in draws.map { $0.places[place] } })
    return NoiseCheck(problem: problem, cost: cost).errors(
      weights: Tensor(draws.map { Scalar($0.probability) })
    ) { q, cost in
      var generator = Philox(seed: 0)
      return UnorderedSet(samples: samples).expectation(
        over: q, states: states, using: &generator
      ) { z, _ in cost(Base.point(z)) }
    }
  }

  @Test("equals enumeration, whatever the order of drawing", arguments: Cost.allCases, [1, 2, 3])
  func exact(cost: Cost, samples: Int) {
    for errors in [
      Self.errors(bits, cost, samples: samples), Self.errors(classes, cost, samples: samples),
    ] {
      #expect(errors.value < rounding && errors.direct < rounding)
      // A single sample has the baseline zero: its own would cancel everything.
      #expect(errors.gradient < rounding)
    }
  }

  @Test("equals enumeration over structures", arguments: Cost.allCases)
  func structures(cost: Cost) {
    for errors in [
      Self.errors(structured(Chain(steps: 4, labels: 3)), cost, samples: 2),
      Self.errors(structured(BinaryTree(leaves: 5)), cost, samples: 3),
      Self.errors(structured(ProjectiveDependencies(words: 2)), cost, samples: 3),
      Self.errors(structured(Alignment(rows: 2, columns: 2)), cost, samples: 3),
    ] {
      #expect(errors.value < 10 * rounding && errors.direct < 10 * rounding)
      #expect(errors.gradient < 10 * rounding)
    }
  }

  @Test("distinct states follow the law of drawing without replacement: 100,000 draws")
  func law() {
    let q = classes.draws.distribution(classes.parameters, 1)
    let p = q.logProbability(q.states()).exp().scalars.map { Double($0) }
    let orders = Self.orders(p, 2)
    var generator = Philox(seed: 41)
    let drawn = classes.draws.distribution(classes.parameters, 100_000)
      .sampleDistinct(2, using: &generator)
    var counts = [Int](repeating: 0, count: orders.count)
    let places = Dictionary(
      uniqueKeysWithValues: orders.enumerated().map { ($0.element.places, $0.offset) })
    let values = drawn.indices.values.map { Int($0) }
    for row in 0..<100_000 {
      let pair = [0, 1].map { k -> Int in
        let start = (k * 100_000 + row) * 2
        return values[start] + 3 * values[start + 1]
      }
      counts[places[pair] ?? 0] += 1
    }
    let test = ChiSquare(observed: counts, probabilities: orders.map(\.probability))
    #expect(test.pValue > 1e-6, "p = \(test.pValue)")
  }

  @Test("the likeliest states come first")
  func likeliest() {
    let q = Categorical(logits: classes.parameters)
    let best = q.likeliest(9)
    let logs = q.logProbability(best).scalars
    #expect(logs == logs.sorted(by: >))
    let states = (0..<9).map { state in Array(best.indices.values[2 * state..<2 * state + 2]) }
    #expect(Set(states).count == 9)
  }
}
