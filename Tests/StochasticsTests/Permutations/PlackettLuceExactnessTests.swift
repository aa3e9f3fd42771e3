import DiscreteTesting
import Foundation
import Stochastics
import Tensors
import Testing

/// Four items at log-scores where nothing is symmetric, and a value of each state's places.
let orders = Problem<PlackettLuce>(
  draws: .orders(3), parameters: [0.3, -0.8, 1.1],
  values: { point in
    let levels = Tensor([0.2, 1.0, -0.7, -1.2, 0.4, 0.9, 0.5, -0.3, 0.8], shape: [3, 3])
    return (point.matrix * levels).sum(along: -1)
  }, rows: { PlackettLuce(logScores: $0) })

struct PlackettLuceExactnessTests {
  static let six = PlackettLuce(logScores: [0.3, -1.2, 2.1, 0, 0.7, -0.4])
  static let tolerance = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 2e-5

  static func probabilities(_ q: PlackettLuce) -> Tensor { q.logProbability(q.states()).exp() }

  @Test("probabilities of all orders, and of all lists of the first places, sum to one")
  func sums() {
    let total = Self.probabilities(Self.six).scalars.reduce(0) { $0 + Double($1) }
    #expect(abs(total - 1) < Self.tolerance)
    for places in 0...6 {
      let lists = Self.six.top(places).states()
      let sum = Self.six.logProbability(lists).exp().scalars.reduce(0) { $0 + Double($1) }
      #expect(abs(sum - 1) < Self.tolerance)
    }
  }

  @Test("a list of the first places has the probability of all orders that begin so")
  func prefixes() {
    let states = Self.six.states().indices.values
    let p = Self.probabilities(Self.six).scalars
    let lists = Self.six.top(2).states()
    let found = Self.six.logProbability(lists).exp().scalars
    for index in 0..<30 {
      let list = lists.indices.values[(2 * index)..<(2 * index + 2)]
      let sum = p.indices.filter { states[(6 * $0)..<(6 * $0 + 2)] == list }
        .reduce(0) { $0 + Double(p[$1]) }
      #expect(abs(sum - Double(found[index])) < Self.tolerance)
    }
  }

  @Test("the order of some items among themselves has the law of their scores")
  func subRankings() {
    let states = Self.six.states().indices.values
    let p = Self.probabilities(Self.six).scalars
    let some = Orders(Indices([4, 1, 2], shape: [3]), itemCount: 6)
    let sum = p.indices.filter { index in
      states[(6 * index)..<(6 * index + 6)].filter { [1, 2, 4].contains($0) } == [4, 1, 2]
    }.reduce(0) { $0 + Double(p[$1]) }
    let found = Self.six.logProbability(ofSubRanking: some).exp().item
    #expect(abs(sum - Double(found)) < Self.tolerance)
    let restricted = Self.six.restricted(to: [1, 2, 4])
    let same = Orders(Indices([2, 0, 1], shape: [3]), itemCount: 3)
    #expect(abs(restricted.logProbability(same).exp().item - found) < Scalar(Self.tolerance))
  }

  @Test("entropy and divergence along orders have the right mean")
  func entropy() {
    let other = PlackettLuce(logScores: [-0.3, 0.2, 0.1, 1, -0.7, 0.4])
    let states = Self.six.states()
    let logs = Self.six.logProbability(states)
    let p = logs.exp()
    let entropy = -(p * logs).sum().item
    let divergence = (p * (logs - other.logProbability(states))).sum().item
    let close = Scalar(Self.tolerance * 10)
    #expect(abs((p * Self.six.entropy(along: states)).sum().item - entropy) < close)
    #expect(
      abs((p * Self.six.klDivergence(to: other, along: states)).sum().item - divergence) < close)
    // Of the first places: lists, weighted by their own probabilities.
    let lists = Self.six.top(2).states()
    let of = Self.six.logProbability(lists)
    #expect(
      abs((of.exp() * (Self.six.entropy(along: lists) + of)).sum().item) < close)
  }

  @Test("as a cost, the entropy along orders has the gradient of the entropy")
  func entropyGradient() {
    let scores = Tensor([0.3, -1.2, 0.9, 0.1])
    let exact = gradient(at: scores) { scores in
      let q = PlackettLuce(logScores: scores)
      let logs = q.logProbability(q.states())
      return -(logs.exp() * logs).sum()
    }
    let found = gradient(at: scores) { scores in
      let q = PlackettLuce(logScores: scores)
      let (states, p) = (q.states(), q.logProbability(q.states()).exp())
      return (p * q.entropy(along: states)).sum()
    }
    #expect((exact - found).abs().max(along: 0).item < Scalar(Self.tolerance * 10))
  }

  @Test("sets that come first, in any order", arguments: 0...6)
  func sets(places: Int) {
    let lists = Self.six.top(places).states()
    let p = Self.six.logProbability(lists).exp().scalars
    let found = Self.six.logProbability(ofUnordered: lists).exp().scalars
    var sums: [Set<Int32>: Double] = [:]
    func set(_ index: Int) -> Set<Int32> {
      Set(lists.indices.values[(places * index)..<(places * (index + 1))])
    }
    for index in p.indices { sums[set(index), default: 0] += Double(p[index]) }
    for index in p.indices {
      #expect(abs((sums[set(index)] ?? 0) - Double(found[index])) < 10 * Self.tolerance)
    }
  }

  @Test("sets of a hundred items, of uneven scores, are neither lost nor not numbers")
  func largeSets() {
    let scores = Tensor((0..<300).map { Scalar($0 % 100) * 0.3 })
    let first = Orders(Indices(Array(0..<150), shape: [150]), itemCount: 300)
    let value = PlackettLuce(logScores: scores).logProbability(ofUnordered: first).item
    #expect(value.isFinite && value < 0)
    // One item far ahead: certain, with a slope of zero.
    let ahead = Orders(Indices([0], shape: [1]), itemCount: 3)
    for far in [100, 800] as [Scalar] {
      let slopes = gradient(at: [far, 0, 0]) {
        PlackettLuce(logScores: $0).logProbability(ofUnordered: ahead).sum()
      }
      #expect(slopes.scalars.allSatisfy { abs($0) < 1e-6 }, "\(slopes.scalars)")
    }
    // Equal scores: one over the number of subsets, log(10! 10! / 20!).
    let equal = PlackettLuce(logScores: .zeros([20]))
    let ten = Orders(Indices(Array(0..<10), shape: [10]), itemCount: 20)
    #expect(abs(equal.logProbability(ofUnordered: ten).item - -12.12678638) < 1e-4)
  }

  @Test("scores far apart and far from zero keep the digits of their differences")
  func farScores() {
    let order = Orders(Indices([0, 1, 2], shape: [3]), itemCount: 3)
    // log(1 / (1 + e^0.5)), and its slopes.
    let (exact, slopes) = (
      -0.974_076_984_180_107, [0, 0.622_459_331_201_855, -0.622_459_331_201_855]
    )
    for scores in [[1e7, 0, 0.5], [1e17, 0, 0.5], [200, 0, 0.5]] as [[Scalar]] {
      var value: Tensor = 0
      let found = gradient(at: Tensor(scores)) {
        let log = PlackettLuce(logScores: $0).logProbability(order)
        value = log.detached()
        return log
      }
      #expect(abs(Double(value.item) - exact) < Self.tolerance)
      for (a, b) in zip(found.scalars, slopes) { #expect(abs(Double(a) - b) < Self.tolerance) }
      let steps = PlackettLuce(logScores: Tensor(scores)).logProbabilities(order).scalars
      for (a, b) in zip(steps, [0, exact, 0]) { #expect(abs(Double(a) - b) < Self.tolerance) }
    }
    // Two that are equal and far above the third.
    let pair = PlackettLuce(logScores: [1e17, 1e17, 0])
    #expect(abs(Double(pair.logProbability(order).item) + log(2.0)) < Self.tolerance)
    // All equal and far from zero: log 1/3, log 1/2, 0.
    for shift in [1e6, -1e6] as [Scalar] {
      let q = PlackettLuce(logScores: .full(shift, [3]))
      #expect(abs(Double(q.logProbability(order).item) + log(6.0)) < Self.tolerance)
      for (a, b) in zip(q.logProbabilities(order).scalars, [-log(3.0), -log(2.0), 0]) {
        #expect(abs(Double(a) - b) < Self.tolerance)
      }
      #expect(abs(Double(q.entropy(along: order).item) - log(6.0)) < Self.tolerance)
    }
    // An order that goes against them all.
    let against = Orders(Indices([2, 1, 0], shape: [3]), itemCount: 3)
    #expect(PlackettLuce(logScores: [1e7, 5e6, 0]).logProbability(against).item == -1.5e7)
  }

  @Test("those among the first are found at any spread, and it ends")
  func withinFar() {
    for scores in [[0, -1000, -2000], [0, -1e7, -1e9], [1e17, 0, -1e17], [1e30, 1e20, 0]]
      as [[Scalar]]
    {
      let found = PlackettLuce(logScores: Tensor(scores)).probabilities(within: 2).scalars
      for (a, b) in zip(found, [1.0, 1, 0]) { #expect(abs(Double(a) - b) < 1e-6) }
    }
    let p = 0.377_540_668_798_145
    let found = PlackettLuce(logScores: [1e7, 0, 0.5]).probabilities(within: 2).scalars
    for (a, b) in zip(found, [1, p, 1 - p]) { #expect(abs(Double(a) - b) < 1e-6) }
  }

  @Test("the probability of each item to be among the first", arguments: 0...6)
  func within(places: Int) {
    let lists = Self.six.top(places).states()
    let p = Self.six.logProbability(lists).exp().scalars
    var sums = [Double](repeating: 0, count: 6)
    for index in p.indices {
      for item in lists.indices.values[(places * index)..<(places * (index + 1))] {
        sums[Int(item)] += Double(p[index])
      }
    }
    for (sum, found) in zip(sums, Self.six.probabilities(within: places).scalars) {
      #expect(abs(sum - Double(found)) < 10 * Self.tolerance)
    }
  }

  @Test(
    "of equal scores each item is among the first places as often as any other",
    arguments: [1, 150, 299])
  func withinMany(places: Int) {
    let found = PlackettLuce(logScores: .zeros([300])).probabilities(within: places).scalars
    for chance in found {
      #expect(abs(Double(chance) - Double(places) / 300) < 10 * Self.tolerance)
    }
  }

  @Test(
    "both samplers have the law of all 720 orders of six items: 200,000 draws, false alarms below 1e-6"
  )
  func samplers() {
    var generator = Philox(seed: 21)
    let p = Self.probabilities(Self.six).scalars.map { Double($0) }
    let places = Dictionary(
      uniqueKeysWithValues: stride(from: 0, to: 720 * 6, by: 6).map {
        (Array(Self.six.states().indices.values[$0..<($0 + 6)]), $0 / 6)
      })
    for orders in [
      Self.six.sample(200_000, using: &generator),
      Self.six.sampleByPlace(200_000, using: &generator),
    ] {
      var counts = [Int](repeating: 0, count: 720)
      for start in stride(from: 0, to: orders.indices.count, by: 6) {
        counts[places[Array(orders.indices.values[start..<(start + 6)])] ?? 0] += 1
      }
      #expect(ChiSquare(observed: counts, probabilities: p).pValue > 5e-7)
    }
  }

  @Test("log-scores far apart leave unordered sets their mean, and no NaN")
  func unevenSets() {
    var (estimator, exact) = (UnorderedSet<PlackettLuce>(samples: 3), Exact<PlackettLuce>())
    var generator = Philox(seed: 22)
    for scores in [Tensor([1e4, 0, -1e4]), [1e30, 0, 3]] {
      let cost = { (z: Orders, _: inout Philox) -> Tensor in
        (z.matrix * Tensor([1, 0, 0, 0, 2, 0, 0, 0, 3], shape: [3, 3])).sum(along: [-2, -1])
      }
      let q = PlackettLuce(logScores: scores)
      let expected = exact.expectation(over: q, using: &generator, ofBlackBox: cost).item
      let found = estimator.expectation(over: q, using: &generator, ofBlackBox: cost).item
      #expect(abs(found - expected) < 0.5)
      let slope = gradient(at: scores) {
        estimator.expectation(
          over: PlackettLuce(logScores: $0), using: &generator, ofBlackBox: cost)
      }
      #expect(slope.allFinite)
    }
  }

  @Test("REINFORCE equals enumeration with every baseline", arguments: Cost.allCases)
  func reinforce(cost: Cost) {
    let check = orders.check(cost)
    typealias P = Prescribed<PlackettLuce>
    let failures = [
      check.failures(of: Exact<P>()),
      check.failures(of: Reinforce<P, NoBaseline>(baseline: .none)),
      check.failures(of: Reinforce<P, NoBaseline>(samples: 2, baseline: .none), samples: 2),
      check.failures(
        of: orders.warmedUp(Reinforce<P, ConstantBaseline>(baseline: .constant()))),
      check.failures(
        of: orders.warmedUp(Reinforce<P, MovingAverageBaseline>(baseline: .movingAverage()))),
      check.failures(
        of: Reinforce<P, NetworkBaseline>(baseline: Context.network), given: Context.features),
      check.failures(
        of: Reinforce<P, LeaveOneOutBaseline>(samples: 2, baseline: .leaveOneOut), samples: 2),
    ]
    for (index, list) in failures.enumerated() {
      #expect(list.isEmpty, "estimator \(index): \(list)")
    }
  }

  @Test("unordered sets equal enumeration", arguments: Cost.allCases, [1, 2, 3])
  func unorderedSets(cost: Cost, samples: Int) {
    let errors = UnorderedSetTests.errors(orders, cost, samples: samples)
    #expect(errors.value < rounding && errors.direct < rounding && errors.gradient < rounding)
  }

  @Test("PL-Rank equals enumeration, for all places and for the first", arguments: [1, 2, 3, 4])
  func rank(places: Int) {
    let scores = Tensor([0.3, -1.2, 0.9, 0.1])
    let gains = Tensor([1, 0.3, -0.5, 2])
    let discounts = Tensor((0..<places).map { 1 / Scalar($0 + 1) })
    let listed = PlackettLuce(logScores: scores).top(places).states()
    let p = PlackettLuce(logScores: scores).logProbability(listed).exp()
    func gain(_ gains: Tensor) -> Tensor {
      (listed.arranging(gains) * discounts).sum(along: -1)
    }
    let exact = gradient(at: scores) {
      (PlackettLuce(logScores: $0).logProbability(listed).exp() * gain(gains)).sum()
    }
    // One list for each batch entry: the mean weighted by their probabilities.
    let count = listed.shape[0]
    let each = Orders(listed.indices.reshaped([1, count, places]), itemCount: 4)
    let variables = [
      scores.broadcast(to: [count, 4]).detached().variable(),
      gains.broadcast(to: [count, 4]).detached().variable(),
    ]
    let value = PlackettLuce(logScores: variables[0])
      .expectedGain(variables[1], discounts: discounts, of: each)
    let slopes = gradients(of: (value * p).sum(), withRespectTo: variables)
    #expect(abs((value * p).sum().item - (p * gain(gains)).sum().item) < 1e-5)
    #expect((slopes[0].sum(along: 0) - exact).abs().sum().item < Scalar(rounding))
    let direct = gradient(at: gains) { (p * gain($0)).sum() }
    #expect((slopes[1].sum(along: 0) - direct).abs().sum().item < Scalar(rounding))
  }
}

extension DrawList where Base == PlackettLuce {
  /// Orders of few items, whose parameters are log-scores [count].
  static func orders(_ count: Int) -> DrawList {
    let states = PlackettLuce(logScores: .zeros([count])).states().indices.values
    return DrawList(
      stateCount: states.count / count,
      distribution: { PlackettLuce(logScores: $0.broadcast(to: [$1, count])) },
      samples: { places in
        let items = places.joined().flatMap { state in
          states[(state * count)..<((state + 1) * count)].map(Int.init)
        }
        return Orders(
          Indices(items, shape: [places.count, places[0].count, count]), itemCount: count)
      })
  }
}
