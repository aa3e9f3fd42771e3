import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct MaskedDiffusionExactnessTests {
  static func network(_ bits: Int, hidden: [Int]) -> MaskedDiffusion {
    var noise = Philox(seed: 71)
    var network = MaskedDiffusion(hidden: hidden, mean: .full(0.4, [bits]), using: &noise)
    for layer in network.layers.indices {
      network.layers[layer].weight = network.layers[layer].weight * 2
      network.layers[layer].bias = .randomNormal(network.layers[layer].bias.shape, using: &noise)
    }
    return network
  }

  static let networks = [network(5, hidden: [16]), network(5, hidden: [12, 14])]

  static let orders = permutations(Array(0..<5))

  private static func permutations(_ rest: [Int]) -> [[Int]] {
    guard rest.count > 1 else { return [rest] }
    return rest.flatMap { first in
      permutations(rest.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// The mean of -log p over all orders, of each of the 32 states.
  private static func meanOverOrders(_ network: MaskedDiffusion) -> [Double] {
    let states = Bernoulli(logits: .zeros([5])).states()
    var mean = [Double](repeating: 0, count: 32)
    for order in orders {
      for (state, log) in network.law(order: order).logProbability(states).scalars.enumerated() {
        mean[state] -= Double(log) / Double(orders.count)
      }
    }
    return mean
  }

  /// Sizes uniform, sets uniform of their size: the expectation of one draw is that over orders.
  @Test(arguments: networks.indices) func theBoundIsTheMeanOverOrders(index: Int) {
    let network = Self.networks[index]
    let states = Bernoulli(logits: .zeros([5])).states()
    let choose = [1, 5, 10, 10, 5, 1]
    var bound = [Double](repeating: 0, count: 32)
    for set in 1..<32 {
      let row = (0..<5).map { set >> $0 & 1 == 0 }
      let seen = Bits((0..<32).flatMap { _ in row }, shape: [32, 5])
      let weight = 1 / Double(5 * choose[set.nonzeroBitCount])
      for (state, value) in network.negativeBound(of: states, seen: seen).scalars.enumerated() {
        bound[state] += weight * Double(value)
      }
    }
    for (found, expected) in zip(bound, Self.meanOverOrders(network)) {
      #expect(abs(found - expected) < 1e-5 * expected)
    }
  }

  /// 20,000 batches of 3, where sizes are spread evenly, a false alarm in a million: each row has
  /// uniform sizes, and sets uniform of their size.
  @Test func setsAreDrawnUniformly() {
    var noise = Philox(seed: 72)
    let choose = [1, 5, 10, 10, 5, 1]
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 32), count: 3)
    for _ in 0..<20_000 {
      let seen = MaskedDiffusion.seen(3, of: 5, using: &noise).values
      var sizes: [Int] = []
      for row in 0..<3 {
        let set = (0..<5).reduce(0) { $0 | (seen[row * 5 + $1] ? 0 : 1 << $1) }
        counts[row][set] += 1
        sizes.append(set.nonzeroBitCount)
      }
      // Thirds of the sizes 1 to 5: two rows never have the same one, nor neighbors everywhere.
      #expect(Set(sizes).count == 3)
    }
    let probabilities = (0..<32).map { set in
      set == 0 ? 0 : 1 / Double(5 * choose[set.nonzeroBitCount])
    }
    for row in counts {
      #expect(ChiSquare(observed: row, probabilities: probabilities).pValue > 3e-7)
    }
  }

  /// 50,000 samples, a false alarm in a million.
  @Test(arguments: networks.indices) func aStepForEveryBitDrawsFromTheMeanLaw(index: Int) {
    let network = Self.networks[index]
    let states = Bernoulli(logits: .zeros([5])).states()
    var law = [Double](repeating: 0, count: 32)
    for order in Self.orders {
      let chances = network.law(order: order).logProbability(states).exp().scalars
      for (state, chance) in chances.enumerated() {
        law[state] += Double(chance) / Double(Self.orders.count)
      }
    }
    #expect(abs(law.reduce(0, +) - 1) < 1e-5)
    let observed = Self.counts(of: network, steps: 5, seed: 73)
    #expect(ChiSquare(observed: observed, probabilities: law).pValue > 1e-6)
    // The product form of one step is another law, which the same test tells apart.
    let product = Bernoulli(
      logits: network.logits(of: Bits(.zeros([1, 5])), seen: Bits(.zeros([1, 5])))
        .reshaped([5])
    ).logProbability(states).exp().scalars.map { Double($0) }
    let atOnce = Self.counts(of: network, steps: 1, seed: 74)
    #expect(ChiSquare(observed: atOnce, probabilities: product).pValue > 1e-6)
    #expect(ChiSquare(observed: atOnce, probabilities: law).pValue < 1e-9)
  }

  private static func counts(of network: MaskedDiffusion, steps: Int, seed: UInt64) -> [Int] {
    var noise = Philox(seed: seed)
    let values = network.sample(50_000, steps: steps, using: &noise).values
    var counts = [Int](repeating: 0, count: 32)
    for row in 0..<50_000 {
      counts[(0..<5).reduce(0) { $0 | (values[row * 5 + $1] ? 1 << $1 : 0) }] += 1
    }
    return counts
  }

  @Test(arguments: [[30], [20, 25]]) func probabilitiesOfAnOrderSumToOne(hidden: [Int]) {
    var noise = Philox(seed: 75)
    let law = Self.network(12, hidden: hidden).law(order: (0..<12).shuffled(using: &noise))
    let logs = law.logProbability(law.states()).exp().scalars
    #expect(abs(logs.reduce(0.0) { $0 + Double($1) } - 1) < 1e-5)
  }

  @Test(arguments: networks.indices) func choicesAreTheLaws(index: Int) {
    let law = Self.networks[index].law(order: [3, 0, 4, 2, 1])
    let states = law.states()
    let expected = law.logProbabilities(states).scalars
    let choices = law.choices(of: states)
    var walk = law.choices(samples: 32)
    for step in 0..<5 {
      let own = (0..<32).map { choices[$0 * 5 + step] }
      let logs = walk.logProbabilities()
      for row in 0..<32 {
        let log = logs[2 * row + Int(own[row])]
        #expect(abs(log - Double(expected[row * 5 + law.order[step]])) < 1e-4)
      }
      walk.take(own)
    }
    #expect(law.sample(32, of: choices).values == states.values)
  }

  /// 1,000 samples of each, 4.5 standard errors: a false-alarm rate of 1e-5.
  @Test(arguments: networks.indices) func samplesTakeTheirEntropy(index: Int) {
    let law = Self.networks[index].law(order: [3, 0, 4, 2, 1])
    #expect(CodeCheck(law).failures(seed: 76).isEmpty)
  }

  @Test(arguments: networks.indices) func theGradientIsThatOfFiniteDifferences(index: Int) {
    var noise = Philox(seed: 77)
    let x = Bits((0..<20).map { _ in Bool.random(using: &noise) }, shape: [4, 5])
    let seen = MaskedDiffusion.seen(4, of: 5, using: &noise)
    let network = Self.networks[index]
    for layer in network.layers.indices {
      let report = checkGradient(
        of: { inputs in
          var moved = network
          moved.layers[layer].weight = inputs[0]
          return moved.negativeBound(of: x, seen: seen)
        }, at: [network.layers[layer].weight],
        // Short steps, since the units have corners.
        tolerance: MemoryLayout<Scalar>.size == 8
          ? .standard : GradientTolerance(step: 1e-3, absolute: 2e-2, relative: 2e-2),
        using: &noise)
      #expect(report.passed, "\(report)")
    }
  }
}
