import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors
import Testing

struct MADEExactnessTests {
  static func network(
    _ bits: Int, hidden: [Int], masks: Int = 1, places: [Int]? = nil
  ) -> MADE {
    var noise = Philox(seed: 61)
    var network = MADE(
      hidden: hidden, masks: masks, places: places, mean: .full(0.4, [bits]), using: &noise)
    for layer in network.layers.indices {
      network.layers[layer].bias = .randomNormal(network.layers[layer].bias.shape, using: &noise)
    }
    return network
  }

  static let networks = [
    network(9, hidden: [20]), network(9, hidden: [16, 24]),
    network(9, hidden: [20, 20], places: [3, 1, 8, 0, 2, 7, 6, 5, 4]),
    network(9, hidden: [20], masks: 3), network(9, hidden: [24, 16], masks: 2),
  ]

  /// What a bit moves, to the last digit, by every mask: outputs of later places and no others,
  /// each of them.
  @Test(arguments: networks.indices) func aBitMovesLaterPlacesOnly(index: Int) {
    var network = Self.networks[index]
    // Positive throughout, so that every unit is awake.
    for layer in network.layers.indices {
      let (weight, bias) = (network.layers[layer].weight, network.layers[layer].bias)
      (network.layers[layer].weight, network.layers[layer].bias) = (
        weight * weight, bias * bias
      )
    }
    for mask in network.masks.indices {
      var moved = [[Bool]](
        repeating: [Bool](repeating: false, count: 9), count: 9)
      for state in 0..<512 {
        let bits = (0..<9).map { state >> $0 & 1 == 1 }
        let before = network.logits(of: Bits(bits, shape: [1, 9]), mask: mask).scalars
        for bit in 0..<9 {
          var other = bits
          other[bit].toggle()
          let after = network.logits(of: Bits(other, shape: [1, 9]), mask: mask).scalars
          for output in 0..<9 where after[output] != before[output] { moved[bit][output] = true }
        }
      }
      for bit in 0..<9 {
        for output in 0..<9 {
          #expect(moved[bit][output] == (network.places[bit] < network.places[output]))
        }
      }
    }
  }

  @Test(arguments: [[30], [20, 25]], [1, 4])
  func probabilitiesSumToOne(hidden: [Int], masks: Int) {
    let network = Self.network(12, hidden: hidden, masks: masks)
    let logs = network.logProbability(network.states()).scalars
    let sum = logs.reduce(0.0) { $0 + Double(($1 as Scalar).exponential) }
    #expect(abs(sum - 1) < 1e-5)
  }

  @Test(arguments: networks.indices) func choicesAreTheNetworks(index: Int) {
    let network = Self.networks[index]
    let states = network.states()
    let expected = network.logProbabilities(states).scalars
    let choices = network.choices(of: states)
    var walk = network.choices(samples: 512)
    for step in 0..<9 {
      let own = (0..<512).map { choices[$0 * 9 + step] }
      let logs = walk.logProbabilities()
      let bit = network.places.firstIndex(of: step) ?? 0
      for row in 0..<512 {
        let log = logs[2 * row + Int(own[row])]
        #expect(abs(log - Double(expected[row * 9 + bit])) < 1e-4)
      }
      walk.take(own)
    }
    #expect(network.sample(512, of: choices).values == states.values)
  }

  /// 1,000 samples of each, 4.5 standard errors: a false-alarm rate of 1e-5.
  @Test(arguments: networks.indices) func samplesTakeTheirEntropy(index: Int) {
    #expect(CodeCheck(Self.networks[index]).failures(seed: 62).isEmpty)
  }

  /// The probability of a bit is the mean over the masks, each of which draws other degrees.
  @Test func masksAreAveraged() {
    let network = Self.networks[3]
    let states = network.states()
    let each = network.masks.indices.map {
      Bernoulli(logits: network.logits(of: states, mask: $0)).logProbabilities(states).exp()
    }
    let mean = (each[0] + each[1] + each[2]) / 3
    let found = network.logProbabilities(states).exp()
    for (found, mean) in zip(found.scalars, mean.scalars) { #expect(abs(found - mean) < 1e-6) }
    #expect(Set(network.masks.map(\.degrees)).count == 3)
    let alone = network.logProbability(states, mask: 1).scalars
    for (row, log) in alone.enumerated() {
      let product = each[1].scalars[row * 9..<(row + 1) * 9].reduce(1, *)
      #expect(abs(log.exponential - product) < 1e-6)
    }
  }

  @Test(arguments: [1, 4]) func theGradientIsThatOfFiniteDifferences(index: Int) {
    var noise = Philox(seed: 63)
    let x = Bits((0..<36).map { _ in Bool.random(using: &noise) }, shape: [4, 9])
    let network = Self.networks[index]
    for layer in 0..<3 {
      let report = checkGradient(
        of: { inputs in
          var moved = network
          moved.layers[layer].weight = inputs[0]
          return moved.logProbability(x)
        }, at: [network.layers[layer].weight],
        // Short steps, since the units have corners.
        tolerance: MemoryLayout<Scalar>.size == 8
          ? .standard : GradientTolerance(step: 1e-3, absolute: 2e-2, relative: 2e-2),
        using: &noise)
      #expect(report.passed, "\(report)")
    }
  }
}

extension Scalar {
  fileprivate var exponential: Scalar { Tensor(self).exp().item }
}
