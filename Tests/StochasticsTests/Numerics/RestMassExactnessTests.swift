import DiscreteTesting
import Stochastics
import Tensors
import Testing

/// The rest beside some states, where they hold nearly all of the mass, all of it, or more than one
/// less a rounded sum can tell.
struct RestMassExactnessTests {
  private static let digits = Numerics.isDouble ? 1e-12 : 2e-6

  /// The gradient of E[cost of the class] in the logits, p (c - E[c]), in double precision.
  private static func slopes(_ logits: [Double], _ costs: [Double]) -> [Double] {
    let logs = Tensor(logits.map { Scalar($0) }).logSoftmax(along: 0)
    let p = logs.exp().scalars.map { Double($0) }
    let mean = zip(p, costs).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(p, costs).map { $0 * ($1 - mean) }
  }

  private static func found(
    _ estimator: some BlackBoxGradientEstimator<Categorical>, _ logits: [Double], _ costs: [Double]
  ) -> (value: Double, slopes: [Double]) {
    var (estimator, generator) = (estimator, Philox(seed: 5))
    var value = 0.0
    let table = Tensor(costs.map { Scalar($0) })
    let slopes = gradient(at: Tensor(logits.map { Scalar($0) }, shape: [1, logits.count])) {
      let estimate = estimator.expectation(over: Categorical(logits: $0), using: &generator) {
        (z: Classes, _: inout Philox) -> Tensor in
        table.gathering(z.indices, along: 0).sum(along: -1)
      }
      value = Double(estimate.item)
      return estimate
    }
    return (value, slopes.scalars.map { Double($0) })
  }

  @Test("a class of mass 1e-18 and cost 1e6 beside three that are summed")
  func dearAndRare() {
    let (logits, costs) = ([0.1, 0.2, 0.3, -40], [1.0, 2, 3, 1e6])
    let right = Self.slopes(logits, costs)
    #expect(abs(right[0] + 0.3206) < 1e-4 && abs(right[2] - 0.3427) < 1e-4)
    let estimators: [any BlackBoxGradientEstimator<Categorical>] = [
      RaoBlackwell<Categorical, _>(
        top: 3, Reinforce<Remainder<Categorical>, NoBaseline>(baseline: .none)),
      UnorderedSet<Categorical>(samples: 4), Exact<Categorical>(),
    ]
    for estimator in estimators {
      let found = Self.found(estimator, logits, costs)
      for (a, b) in zip(found.slopes.prefix(3), right) { #expect(abs(a - b) < Self.digits) }
      #expect(abs(found.slopes[3] / right[3] - 1) < 1e-4, "\(found.slopes[3]), not \(right[3])")
    }
  }

  @Test("three of four patterns of bits, the fourth of mass 4e-18")
  func nearlyCertainBit() {
    var generator = Philox(seed: 6)
    for samples in [2, 3, 4] {
      var estimator = UnorderedSet<Bernoulli>(samples: samples)
      let slopes = gradient(at: [0.1, -40]) {
        estimator.expectation(over: Bernoulli(logits: $0), using: &generator) {
          (z: Bits, _: inout Philox) -> Tensor in (z.tensor * Tensor([1, 1e6])).sum(along: -1)
        }
      }.scalars.map { Double($0) }
      // p (1 - p) of 0.1, and that of -40 times a million is 4.2e-12.
      #expect(abs(slopes[0] - 0.24937604019289197) < Self.digits + 1e-11, "\(samples): \(slopes)")
      #expect(abs(slopes[1]) < 1e-10, "\(samples): \(slopes)")
    }
  }

  /// The largest difference of value and slopes to the sum over the states that are left, relative
  /// to one or to the slopes.
  private static func massError<D: DistinctSampling & EnumerableDistribution>(
    at parameters: Tensor, excluding count: Int, _ make: (Tensor) -> D
  ) -> Double {
    func both(_ mass: (D) -> Tensor) -> [Double] {
      var value = 0.0
      let slopes = gradient(at: parameters) {
        let log = mass(make($0))
        value = Double(log.item)
        return log
      }
      return [value] + slopes.scalars.map { Double($0) }
    }
    let found = both { $0.logProbability(excluding: $0.likeliest(count)) }
    let right = both { q in
      let order = q.logProbability(q.states()).descendingPlaces()
      return q.logProbability(q.states())
        .gathering(Indices(Array(order[count...]), shape: [order.count - count]), along: 0)
        .logSumExp(along: 0)
    }
    return zip(found, right).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
  }

  @Test("is the sum over the states that are left, with its slopes, in every law")
  func laws() {
    let tolerance = Numerics.isDouble ? 1e-11 : 1e-5
    for spread in [1, 40] as [Scalar] {
      for count in [1, 2, 5] {
        #expect(
          Self.massError(at: Tensor([0.3, -0.5, 1]) * spread, excluding: count) {
            Bernoulli(logits: $0)
          } < tolerance)
        #expect(
          Self.massError(
            at: Tensor([0.3, -0.4, 0.1, 0.8, -0.2, 0.05], shape: [2, 3]) * spread, excluding: count
          ) { Categorical(logits: $0) } < tolerance)
        #expect(
          Self.massError(at: Tensor([0.3, -0.5, 1]) * spread, excluding: count) {
            PlackettLuce(logScores: $0)
          } < tolerance)
        #expect(
          Self.massError(at: Tensor([0.3, -0.5, 1, 0.1]) * spread, excluding: count) {
            TopPlackettLuce(logScores: $0, places: 2)
          } < tolerance)
      }
    }
  }

  @Test("a rest of mass 1e-17 is drawn by its own law: 20,000 draws, false alarms below 1e-6")
  func drawn() {
    let q = Categorical(logits: Tensor([0, -40, -41, -39.5], shape: [1, 4]))
    var generator = Philox(seed: 8)
    let drawn = q.sample(20_000, excluding: q.likeliest(1), using: &generator).indices.values
    var counts = [Int](repeating: 0, count: 4)
    for index in drawn { counts[Int(index)] += 1 }
    let rest = Tensor([-40, -41, -39.5]).softmax(along: 0).scalars.map { Double($0) }
    let test = ChiSquare(observed: counts, probabilities: [0] + rest)
    #expect(test.pValue > 1e-6, "\(counts)")
  }

  @Test(
    "nothing is left of two live classes: their sum is the expectation, and no masked class is drawn"
  )
  func nothingLeft() {
    let logits = [-.infinity, 2.302585092994046, 1.0986122886681098, -.infinity]
    let found = Self.found(
      RaoBlackwell<Categorical, _>(
        top: 2,
        Reinforce<Remainder<Categorical>, LeaveOneOutBaseline>(samples: 2, baseline: .leaveOneOut)),
      logits, [.infinity, 1, 2, .infinity])
    #expect(abs(found.value - 16.0 / 13) < Self.digits)
    #expect(found.slopes[0] == 0 && found.slopes[3] == 0)
    #expect(abs(found.slopes[1] + 30.0 / 169) < Self.digits)
    #expect(abs(found.slopes[2] - 30.0 / 169) < Self.digits)

    let q = Categorical(logits: Tensor(logits.map { Scalar($0) }, shape: [1, 4]))
    var generator = Philox(seed: 9)
    let drawn = q.sample(100, excluding: q.likeliest(2), using: &generator).indices.values
    #expect(drawn.allSatisfy { $0 == 1 })
    let rest = Remainder(of: q, excluding: q.likeliest(2))
    #expect(rest.logProbability(q.likeliest(1)).scalars == [-.infinity])
  }

  @Test("entries of a batch with a rest and without are estimated side by side")
  func mixedBatch() {
    let logits = Tensor(
      [-.infinity, 1, 0.5, -.infinity, 0.2, 1, 0.5, -.infinity], shape: [2, 1, 4])
    let costs = Tensor([.infinity, 1, 2, .infinity, 4, 1, 2, .infinity], shape: [2, 4])
    func slopes(_ estimator: some BlackBoxGradientEstimator<Categorical>) -> [Scalar] {
      var (estimator, generator) = (estimator, Philox(seed: 3))
      return gradient(at: logits) {
        estimator.expectation(over: Categorical(logits: $0), using: &generator) {
          (z: Classes, _: inout Philox) -> Tensor in
          let rows = costs.broadcast(to: [z.shape[0], 2, 4])
          return rows.takingAlong(z.indices, axis: -1).sum(along: -1)
        }.sum()
      }.scalars
    }
    // One state is left in the second entry, so that nothing is random.
    let found = slopes(
      RaoBlackwell<Categorical, _>(
        top: 2, Reinforce<Remainder<Categorical>, NoBaseline>(baseline: .none)))
    for (a, b) in zip(found, slopes(Exact<Categorical>())) {
      #expect(abs(Double(a - b)) < Self.digits)
    }
  }

  @Test("more states than have a positive probability are refused, and counted")
  func tooMany() async {
    await #expect(processExitsWith: .failure) {
      let q = Categorical(logits: Tensor([-.infinity, 1, 0, -.infinity], shape: [1, 4]))
      _ = q.likeliest(3)
    }
  }

  @Test(
    "slopes of a bit that is 1e-9 from certain keep their digits", arguments: [-20, 20] as [Scalar])
  func nearlyCertain(logit: Scalar) {
    var generator = Philox(seed: 4)
    let right = 2.0611536181902037e-9 * 1e6
    for estimator in [BitFlip(), UGC(), Exact<Bernoulli>()]
      as [any BlackBoxGradientEstimator<Bernoulli>]
    {
      func slope(_ estimator: some BlackBoxGradientEstimator<Bernoulli>) -> Double {
        var estimator = estimator
        return Double(
          gradient(at: [logit]) {
            estimator.expectation(over: Bernoulli(logits: $0), using: &generator) {
              (z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1) * 1e6
            }
          }.item)
      }
      #expect(abs(slope(estimator) / right - 1) < 1e-5, "\(type(of: estimator))")
    }
  }
}

extension Tensor {
  /// The places of the scalars from the largest down.
  fileprivate func descendingPlaces() -> [Int] {
    let scalars = scalars
    return scalars.indices.sorted { scalars[$0] > scalars[$1] }
  }
}
