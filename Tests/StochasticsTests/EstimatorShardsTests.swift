import Learning
import Stochastics
import Tensors
import Testing

/// The state of an estimator after a batch in shards is that after the batch in one piece.
struct EstimatorShardsTests {
  private static let examples = 12

  /// An estimator that is trained by itself: the law's samples are certain, the costs differ from
  /// example to example and from step to step.
  private static func trained(
    _ estimator: some GradientEstimator<Bernoulli>, shards: Int
  ) throws -> [NamedParameter] {
    func train(_ estimator: some GradientEstimator<Bernoulli>) throws -> [NamedParameter] {
      var trainer = Trainer(estimator, optimizer: SGD(), learningRate: 0.05)
      let features = Tensor((0..<(2 * examples)).map { Scalar($0 % 7) - 2 }, shape: [examples, 2])
      for step in 0..<3 {
        _ = try trainer.descend(
          in: Sharding(shards), weight: { $0.range(of: examples).count }
        ) { estimator, shard in
          var noise = shard.noise(of: Philox(seed: 5).folding(UInt64(step)))
          let x = features.sliced(along: 0, shard.range(of: examples))
          let q = Bernoulli(logits: (x - 0.5) * 1000)
          return estimator.expectation(over: q, given: x, using: &noise) { point, _ in
            ((point - 0.3) * (x + Scalar(step))).squared().sum(along: -1)
          }.mean()
        }
      }
      return trainer.model.namedParameters()
    }
    return try train(estimator)
  }

  /// The scalars of a state, of which NVIL's moments tell of a batch only together: the second
  /// moment, which is the variance within parts and the squared mean, and the mean.
  private static func combined(_ parameter: NamedParameter) -> [Scalar] {
    let scalars = parameter.tensor.scalars
    return parameter.name == "moments" && scalars.count == 3
      ? [scalars[0] + scalars[2], scalars[1]] : scalars
  }

  private static func check(
    _ estimator: some GradientEstimator<Bernoulli>, shards: Int, _ name: String
  ) throws {
    let before = estimator.namedParameters()
    let whole = try trained(estimator, shards: 1)
    let cut = try trained(estimator, shards: shards)
    var hasMoved = false
    for ((a, b), old) in zip(zip(whole, cut), before) {
      let values = [a, b, old].map { combined($0) }
      for ((x, y), start) in zip(zip(values[0], values[1]), values[2]) {
        #expect(abs(x - y) <= 1e-4 * max(1, abs(x)), "\(name): \(a.name) is \(y), expected \(x)")
        hasMoved = hasMoved || x != start
      }
    }
    #expect(hasMoved, "\(name): no state has moved")
  }

  private static var network: NetworkBaseline {
    var generator = Philox(seed: 2)
    return NetworkBaseline(center: .zeros([2]), units: 3, using: &generator)
  }

  // Eight shards of twelve examples are not all of one size.
  @Test("state after shards is that of the batch", arguments: [2, 4, 8])
  func state(shards: Int) throws {
    try Self.check(NVIL<Bernoulli>(network: nil), shards: shards, "NVIL")
    try Self.check(NVIL<Bernoulli>(network: Self.network), shards: shards, "NVIL with a network")
    try Self.check(
      NVIL<Bernoulli>(network: nil, samples: 2, centersSignal: false), shards: shards,
      "NVIL without a center")
    try Self.check(
      Reinforce<Bernoulli, MovingAverageBaseline>(baseline: .movingAverage()), shards: shards,
      "moving average")
    try Self.check(
      Reinforce<Bernoulli, ConstantBaseline>(baseline: .constant()), shards: shards, "constant")
    try Self.check(
      Reinforce<Bernoulli, NetworkBaseline>(baseline: Self.network), shards: shards, "network")
    try Self.check(
      ControlVariate<Bernoulli>(
        KnownExpectation(
          value: { $0.tensor.sum(along: -1) }, expectation: { $0.mean.sum(along: -1) })),
      shards: shards, "control variate")
    try Self.check(
      GumbelSoftmax<Bernoulli>(temperature: 0.5), shards: shards, "Gumbel-Softmax")
  }

  @Test("a step of a temperature's schedule is one step, whatever the sizes of the shards")
  func steps() throws {
    let falling = Temperature.linear(initial: 1, final: 0.5, over: 10)
    for state in [
      try Self.trained(GumbelSoftmax<Bernoulli>(temperature: falling), shards: 8),
      try Self.trained(GumbelRao<Bernoulli>(temperature: falling, inner: 2), shards: 8),
    ] {
      #expect(state.first { $0.name == "step" }?.tensor.item == 3)
    }
    let orders = RelaxedOrders.neuralSort(temperature: falling)
    var trainer = Trainer(orders, optimizer: SGD(), learningRate: 0.05)
    for step in 0..<3 {
      _ = try trainer.descend(
        in: Sharding(8), weight: { $0.range(of: Self.examples).count }
      ) { estimator, shard in
        var noise = shard.noise(of: Philox(seed: 5).folding(UInt64(step)))
        let q = PlackettLuce(logScores: .zeros([shard.range(of: Self.examples).count, 3]))
        return estimator.expectation(over: q, using: &noise) { order, _ in
          order.features.squared().sum(along: -1).sum(along: -1)
        }.mean()
      }
    }
    #expect(trainer.model.namedParameters().first { $0.name == "step" }?.tensor.item == 3)
  }

  @Test("the variance loss of REBAR and RELAX is a mean over the batch, given the noise")
  func linear() {
    func gradient<E: Parameterized>(
      _ estimator: E, _ range: Range<Int>, _ estimate: (inout E, Range<Int>) -> Tensor
    ) -> [Scalar] {
      var own = estimator
      let found = valueWithGradient(at: &own) { estimate(&$0, range).mean() }.gradient
      return found.namedParameters().flatMap(\.tensor.scalars)
    }
    func check<E: Parameterized>(
      _ estimator: E, _ estimate: @escaping (inout E, Range<Int>) -> Tensor
    ) {
      let whole = gradient(estimator, 0..<12, estimate)
      let parts = [0..<4, 4..<12].map { gradient(estimator, $0, estimate) }
      #expect(whole.contains { abs($0) > 1e-3 })
      for place in whole.indices {
        let mean = (4 * parts[0][place] + 8 * parts[1][place]) / 12
        #expect(abs(mean - whole[place]) <= 1e-4 * max(1, abs(whole[place])))
      }
    }
    var generator = Philox(seed: 8)
    let logits = Tensor.randomNormal([12, 2], using: &generator)
    let noise = Bernoulli(logits: logits).noise(1, using: &generator)
    let weights = Tensor.randomNormal([12, 2], using: &generator)
    func cost(_ z: Tensor, _ range: Range<Int>) -> Tensor {
      ((z - 0.4) * weights.sliced(along: 0, range)).squared().sum(along: -1)
    }
    check(REBAR<Bernoulli>()) { estimator, range in
      var unused = Philox(seed: 0)
      return estimator.expectation(
        over: Bernoulli(logits: logits.sliced(along: 0, range)),
        noise: noise.sliced(along: 1, range), conditionalNoise: nil, using: &unused
      ) { (z: Tensor, _: inout Philox) -> Tensor in cost(z, range) }
    }
    var critic = Critic(inputs: 2, units: 3, temperature: 0.5, using: &generator)
    critic.forEachParameter { tensor, _ in tensor = tensor + 0.3 }
    check(RELAX<Bernoulli>(critic: critic)) { estimator, range in
      var unused = Philox(seed: 0)
      return estimator.expectation(
        over: Bernoulli(logits: logits.sliced(along: 0, range)), given: nil,
        noise: noise.sliced(along: 1, range), conditionalNoise: nil, using: &unused
      ) { (z: Bits, _: inout Philox) -> Tensor in cost(z.tensor, range) }
    }
  }
}
