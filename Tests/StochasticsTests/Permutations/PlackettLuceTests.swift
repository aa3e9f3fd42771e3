import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct PlackettLuceTests {
  /// One item, several, two batch entries, and scores so far apart that some orders never happen.
  static let logScores: [Tensor] = [
    [0.7], [0.3, -0.8, 1.1, 0.2], Tensor([0.1, 0.9, -0.5, 2, -2, 0], shape: [2, 3]),
    [1e4, 0, -1e4],
  ]

  static let tolerance = Numerics.isDouble ? 1e-12 : 2e-5

  static func check(_ logScores: Tensor) -> DistributionCheck<PlackettLuce> {
    DistributionCheck(at: logScores, tolerance: tolerance) { PlackettLuce(logScores: $0) }
  }

  @Test("keeps every promise of a distribution", arguments: logScores)
  func keepsPromises(logScores: Tensor) {
    // 100,000 draws; a false alarm in 10^6 runs of one family, were the seed not fixed.
    let failures = Self.check(logScores).failures(draws: 100_000, falseAlarmRate: 1e-6, seed: 12)
    #expect(failures == [])
  }

  @Test("the sampler that goes place by place has the same law", arguments: logScores)
  func byPlace(logScores: Tensor) {
    var generator = Philox(seed: 13)
    let q = PlackettLuce(logScores: logScores)
    let sample = q.sampleByPlace(100_000, using: &generator)
    #expect(
      Self.check(logScores).frequencyFailures(of: q, in: sample, falseAlarmRate: 1e-6) == [])
  }

  @Test("lists of the first places keep every promise too", arguments: [0, 1, 2, 4])
  func top(places: Int) {
    let check = DistributionCheck(at: [0.3, -0.8, 1.1, 0.2], tolerance: Self.tolerance) {
      TopPlackettLuce(logScores: $0, places: places)
    }
    if places > 0 {
      #expect(check.failures(draws: 100_000, falseAlarmRate: 1e-6, seed: 12) == [])
    } else {
      #expect(check.normalizationFailures() == [])
    }
  }

  @Test("long orders: the first place of 300 items in the sorted law is the softmax")
  func long() {
    var generator = Philox(seed: 14)
    let scores = Tensor((0..<300).map { Scalar($0 % 7) * 0.5 })
    let p = scores.softmax(along: -1).scalars.map { Double($0) }
    for places in [1, 20, 300] {
      let lists = PlackettLuce(logScores: scores).top(places).sample(20_000, using: &generator)
      var counts = [Int](repeating: 0, count: 300)
      for draw in 0..<20_000 { counts[Int(lists.indices.values[draw * places])] += 1 }
      #expect(ChiSquare(observed: counts, probabilities: p).pValue > 1e-6)
      // Every order has every item once.
      _ = Orders(lists.indices, itemCount: 300)
    }
  }

  @Test("log-scores that are not numbers give orders still, and no number as log-probability")
  func diverged() {
    var generator = Philox(seed: 23)
    let q = PlackettLuce(logScores: [0, .nan, 1])
    for orders in [q.sample(50, using: &generator), q.sampleByPlace(50, using: &generator)] {
      _ = Orders(orders.indices, itemCount: 3)
      #expect(q.logProbability(orders).scalars.allSatisfy { $0.isNaN })
    }
  }

  @Test("more places than items, and items listed twice, trap")
  func traps() async {
    await #expect(processExitsWith: .failure) { _ = TopPlackettLuce(logScores: [0, 1], places: 3) }
    await #expect(processExitsWith: .failure) {
      _ = PlackettLuce(logScores: [0, 1]).probabilities(within: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = Orders(Indices([0, 0], shape: [2]), itemCount: 2)
    }
    await #expect(processExitsWith: .failure) {
      _ = Orders(Indices([0, 1, 0], shape: [3]), itemCount: 2)
    }
    await #expect(processExitsWith: .failure) { _ = RankedLists([[0, 1, 0]]) }
    await #expect(processExitsWith: .failure) {
      _ = PlackettLuce(logScores: [0, 1]).logProbability(of: RankedLists([[0, 2]]))
    }
  }

  @Test(
    "descending orders of any keys: random, equal, uneven, infinite, not numbers",
    arguments: [3, 64, 65, 500, 5000])
  func descending(count: Int) {
    var generator = Philox(seed: 15)
    let random = Tensor.randomNormal([count], using: &generator)
    var uneven = random.scalars
    uneven[1] = 1e30
    var infinite = random.scalars
    (infinite[0], infinite[2]) = (.infinity, -.infinity)
    var levels = random.scalars
    for index in levels.indices { levels[index] = (levels[index] * 2).rounded() }
    let q = PlackettLuce(logScores: .zeros([count]))
    for keys in [
      random.scalars, uneven, infinite, levels, [Scalar](repeating: 1, count: count),
    ] {
      let order = q.harden(Tensor(keys)).indices.values.map(Int.init)
      #expect(Set(order).count == count)
      let isSorted = zip(order, order.dropFirst()).allSatisfy { a, b in
        keys[a] > keys[b] || (keys[a] == keys[b] && a < b)
      }
      #expect(isSorted)
    }
    let broken = q.harden(Tensor(random.scalars.map { $0 > 0 ? .nan : $0 }))
    #expect(Set(broken.indices.values).count == count)
  }

  @Test("the sampler sorts the perturbations of the same word")
  func sameWord() {
    for n in [5, 200, 3000] {
      var (first, second) = (Philox(seed: 16), Philox(seed: 16))
      let q = PlackettLuce(logScores: .randomNormal([2, n], using: &first))
      _ = Tensor.randomNormal([2, n], using: &second)
      let sample = q.sample(3, using: &first)
      let z = q.perturbation(q.noise(3, using: &second))
      #expect(sample == q.harden(z))
      #expect(first == second)
      let top = q.top(3).sample(3, using: &first)
      let same = q.harden(q.perturbation(q.noise(3, using: &second)))
      for row in 0..<6 {
        #expect(
          top.indices.values[(row * 3)..<(row * 3 + 3)]
            == same.indices.values[(row * n)..<(row * n + 3)])
      }
    }
  }

  @Test("shapes are samples, batch, places")
  func shapes() {
    var generator = Philox(seed: 1)
    let q = PlackettLuce(logScores: .zeros([4, 2, 3]))
    let sample = q.sample(5, using: &generator)
    #expect(sample.shape == [5, 4, 2, 3])
    #expect(sample.matrix.shape == [5, 4, 2, 3, 3])
    #expect(sample.arranging(.zeros([3, 7])).shape == [5, 4, 2, 3, 7])
    #expect(q.logProbability(sample).shape == [5, 4, 2])
    #expect(q.logProbabilities(sample).shape == [5, 4, 2, 3])
    #expect(q.entropy(along: sample).shape == [5, 4, 2])
    #expect(q.klDivergence(to: q, along: sample).shape == [5, 4, 2])
    #expect(q.score(of: sample).shape == [5, 4, 2, 3])
    #expect(q.conditional(on: sample, noise: q.noise(5, using: &generator)).shape == [5, 4, 2, 3])
    #expect(q.states().shape == [6, 4, 2, 3])
    #expect(q.top(2).sample(0, using: &generator).shape == [0, 4, 2, 2])
    #expect(q.probabilities(within: 1).shape == [4, 2, 3])
    #expect(PlackettLuce(logScores: .zeros([30])).stateCount == nil)
  }

  @Test("a matrix times a payload is the payload in that order")
  func payload() {
    let orders = Orders(Indices([2, 0, 1, 1, 2, 0], shape: [2, 3]), itemCount: 3)
    let payload = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(orders.matrix.matmul(payload).scalars == orders.arranging(payload).scalars)
    #expect(orders.arranging(payload).scalars == [5, 6, 1, 2, 3, 4, 3, 4, 5, 6, 1, 2])
    #expect(orders.places.values == [1, 2, 0, 2, 0, 1])
  }

  @Test("no item and one item have one order, which is certain")
  func few() {
    var generator = Philox(seed: 2)
    for n in [0, 1] {
      let q = PlackettLuce(logScores: .zeros([n]))
      let sample = q.sample(3, using: &generator)
      #expect(sample.shape == [3, n])
      #expect(q.logProbability(sample).scalars == [0, 0, 0])
      #expect(q.entropy(along: sample).scalars == [0, 0, 0])
      #expect(q.states().shape == [1, n])
      #expect(q.stateCount == 1)
      #expect(q.logProbability(ofUnordered: sample).scalars == [0, 0, 0])
      let slope = gradient(at: q.logScores) {
        PlackettLuce(logScores: $0).logProbability(sample).sum()
      }
      #expect(slope.scalars.allSatisfy { $0 == 0 })
    }
  }

  @Test("log-scores a thousand apart give finite log-probabilities and gradients")
  func extremes() {
    let scores = Tensor([1000, -1000, 0, 500, -1e-3, 0, -700, 3])
    var generator = Philox(seed: 3)
    let worst = Orders(Indices([1, 6, 2, 4, 5, 7, 3, 0], shape: [8]), itemCount: 8)
    let value = PlackettLuce(logScores: scores).logProbability(worst)
    // The best item comes last, so that every other place was lost against it.
    let lost: Scalar = -2000 - 1700 - 1000 - 1000.001 - 1000 - 997 - 500
    #expect(abs(value.item - lost) < 1e-2)
    for sample in [worst, PlackettLuce(logScores: scores).sample(1, using: &generator)] {
      let q = PlackettLuce(logScores: scores)
      let steps = q.logProbabilities(sample).sum().item
      #expect(abs(steps - q.logProbability(sample).sum().item) <= 1e-5 * (1 + abs(steps)))
      let slope = gradient(at: scores) {
        PlackettLuce(logScores: $0).logProbability(sample).sum()
      }
      #expect(slope.scalars.allSatisfy { $0.isFinite })
      #expect(abs(slope.sum().item) < 1e-3)
      for entropy in [q.entropy(along: sample), q.klDivergence(to: q, along: sample)] {
        #expect(entropy.scalars.allSatisfy { $0.isFinite && $0 >= 0 })
      }
    }
  }

  @Test(
    "the relaxation has rows that sum to one, and hardens to the order as the temperature falls")
  func relaxation() {
    var generator = Philox(seed: 4)
    let z = Tensor.randomNormal([6, 5], using: &generator)
    let q = PlackettLuce(logScores: .zeros([5]))
    let relaxed = q.relax(z, temperature: 1)
    let soft = relaxed.matrix
    #expect((soft.sum(along: -1) - 1).abs().scalars.allSatisfy { $0 < 1e-5 })
    #expect(soft.argmax(along: -1) == q.harden(z).indices)
    // What a learned temperature may run away to, above and below.
    for temperature in [Tensor(0), Tensor(1e-44), Tensor(.infinity)] {
      #expect(q.relax(z, temperature: temperature).matrix.allFinite)
    }
    let hard = q.relax(z, temperature: 1e-4).matrix
    #expect((hard - q.harden(z).matrix).abs().sum().item < 0.01)
    #expect(
      PlackettLuce.straightThrough(q.harden(z), gradientOf: relaxed).matrix.scalars
        == q.harden(z).matrix.scalars)
  }
}
