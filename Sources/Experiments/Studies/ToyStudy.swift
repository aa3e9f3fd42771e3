package import Learning
package import Runs
package import Stochastics
package import Tensors

/// A law whose parameters descend an expected cost by REINFORCE, REBAR and RELAX, beside the exact
/// gradient where that is wanted.
package struct ToyStudy<Law: EnumerableDistribution & CoupledDistribution> {
  /// The parameters of one law, where every run starts.
  let start: Tensor
  let law: (_ parameters: Tensor) -> Law
  /// The cost of the features of points `[samples] + batch + event`, of shape `[samples] + batch`.
  let cost: (_ points: Tensor) -> Tensor
  /// Whether the parameters prefer the best state.
  let isRight: (_ parameters: Tensor) -> Bool
  /// An untrained critic of the relaxed points.
  let critic: (inout Philox) -> Critic
  let hasExactRun: Bool
  let steps: Int
  let seeds: Int

  /// Steps between two looks.
  private var interval: Int { max(1, steps / 100) }
  /// Estimates from which a variance comes.
  private var draws: Int { 200 }

  /// - Parameter ranks: the processes that share out the seeds.
  package func results(
    over ranks: RankGroup = .alone, _ progress: ProgressReport = .none
  ) throws -> [ToyResult] {
    // Every state and its cost, once for all looks.
    let states = law(start).states()
    let objective = {
      [cost = cost(Law.point(states).features), law] (parameters: Tensor) -> Tensor in
      (law(parameters).logProbability(states).exp() * cost).sum()
    }
    let exact = hasExactRun ? [exactRun(objective)] : []
    func result<Estimator: GradientEstimator<Law>>(
      _ name: String, _ place: Int, _ make: (inout Philox) -> Estimator
    ) throws -> ToyResult {
      let own = progress.part(place, of: 3, name)
      let runs = try ranks.map(seeds) { index in
        run(seed: index + 1, objective, own, make)
      }
      return mean(of: runs, name)
    }
    return try exact + [
      result("REINFORCE", 0) { _ in Reinforce<Law, NoBaseline>(baseline: .none) },
      result("REBAR", 1) { _ in REBAR<Law>(temperature: 0.5, scale: 1) },
      result("RELAX", 2) { generator in RELAX<Law>(critic: critic(&generator)) },
    ]
  }

  private func exactRun(_ objective: (Tensor) -> Tensor) -> ToyResult {
    var trainer = Trainer(Parameter(start), optimizer: Adam(), learningRate: 0.01)
    var curve: [ToyResult.Look] = []
    for step in 0...steps {
      if step % interval == 0 {
        let cost = Double(objective(trainer.model.value).item)
        curve.append(.init(step: step, cost: cost, logVariance: -.infinity))
      }
      guard step < steps, (try? trainer.descend { objective($0.value) }) != nil else { break }
    }
    return ToyResult(
      name: "exact", runs: 1, right: isRight(trainer.model.value) ? 1 : 0, curve: curve)
  }

  /// The run of one seed.
  private struct Run: Codable {
    var isRight: Bool
    var curve: [ToyResult.Look]
  }

  private func run<Estimator: GradientEstimator<Law>>(
    seed: Int, _ objective: (Tensor) -> Tensor, _ progress: ProgressReport,
    _ make: (inout Philox) -> Estimator
  ) -> Run {
    var generator = Philox(seed: UInt64(seed))
    var trainer = Trainer(
      Learner(parameters: start, estimator: make(&generator)), optimizer: Adam(),
      learningRate: 0.01)
    var curve: [ToyResult.Look] = []
    for step in 0...steps {
      if step % interval == 0 {
        progress((seed - 1) * steps + step, of: seeds * steps, "seed \(seed) of \(seeds)")
        let cost = Double(objective(trainer.model.parameters).item)
        let spread = logVariance(of: trainer.model, using: &generator)
        curve.append(.init(step: step, cost: cost, logVariance: spread))
      }
      guard step < steps else { break }
      let done = try? trainer.descend { learner in
        learner.estimate(learner.parameters, law, cost, using: &generator).sum()
      }
      if done == nil { break }
    }
    return Run(isRight: isRight(trainer.model.parameters), curve: curve)
  }

  private func mean(of runs: [Run], _ name: String) -> ToyResult {
    var sums: [ToyResult.Look] = []
    for run in runs {
      for (index, look) in run.curve.enumerated() {
        if index == sums.count { sums.append(.init(step: look.step, cost: 0, logVariance: 0)) }
        sums[index].cost += look.cost / Double(seeds)
        sums[index].logVariance += look.logVariance / Double(seeds)
      }
    }
    return ToyResult(
      name: name, runs: seeds, right: runs.filter(\.isRight).count, curve: sums)
  }

  /// The logarithm, to base ten, of an estimate's variance, summed over the parameters.
  private func logVariance<Estimator: GradientEstimator<Law>>(
    of learner: Learner<Estimator>, using generator: inout Philox
  ) -> Double {
    var frozen = learner
    let slopes = gradient(at: .zeros([draws] + learner.parameters.shape) + learner.parameters) {
      frozen.estimate($0, law, cost, using: &generator)
    }
    var moments = Moments(coordinates: learner.parameters.count)
    for draw in 0..<draws { moments.add(slopes.sliced(along: 0, at: draw)) }
    // Where the draws agree to the last digit the variance is less than single precision tells.
    let variance = Tensor(Scalar(max(moments.variance.reduce(0, +), 1e-10)))
    return Double(variance.log().item) / 2.302585092994046
  }

  /// The parameters and what their estimator learns.
  private struct Learner<Estimator: GradientEstimator<Law>>: Parameterized, Sendable {
    var parameters: Tensor
    var estimator: Estimator

    mutating func estimate(
      _ parameters: Tensor, _ law: (Tensor) -> Law, _ cost: (Tensor) -> Tensor,
      using generator: inout Philox
    ) -> Tensor {
      estimator.expectation(
        over: law(parameters), using: &generator,
        of: { (point: Law.Point, _: inout Philox) -> Tensor in cost(point.features) })
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("parameters", &parameters)
      visitor.visit("estimator", &estimator)
    }
  }
}

/// How an estimator did.
package struct ToyResult {
  /// The step, the mean of the expected cost over the seeds, and that of the logarithm of the
  /// gradient's variance, to base ten.
  package struct Look: Codable {
    package let step: Int
    package var cost: Double
    package var logVariance: Double
  }

  package let name: String
  package let runs: Int
  /// Runs that end where the cost is lowest.
  package let right: Int
  package let curve: [Look]
}

extension ToyStudy where Law == Bernoulli {
  /// One bit whose logit descends E[(b - t)²] from zero.
  ///
  /// Grathwohl, Choi, Wu, Roeder and Duvenaud (2018), Backpropagation through the void, section
  /// 5.1.
  package static func bit(target: Scalar, steps: Int, seeds: Int) -> ToyStudy {
    ToyStudy(
      start: [0], law: { Bernoulli(logits: $0) },
      cost: { ($0 - target).squared().sum(along: -1) },
      // With a target below a half zeros cost less, above it ones.
      isRight: { ($0.item > 0) == (target > 0.5) },
      critic: { Critic(inputs: 1, units: 10, temperature: 0.5, using: &$0) },
      hasExactRun: false, steps: steps, seeds: seeds)
  }
}

extension ToyStudy where Law == PlackettLuce {
  /// An order of n items whose log-scores descend E‖P - T‖² from zero: T has 1/n + 0.05 on the
  /// diagonal and equal numbers beside it.
  ///
  /// The identity costs least. Gadetsky, Struminsky, Robinson, Quadrianto and Vetrov (2020),
  /// Low-variance black-box gradient estimates for the Plackett-Luce distribution, section 5.1.
  package static func order(items n: Int, steps: Int, seeds: Int) -> ToyStudy {
    let (share, more) = (1 / Scalar(n), Scalar(0.05))
    let target = Tensor(
      (0..<(n * n)).map { $0 % (n + 1) == 0 ? share + more : share - more / Scalar(n - 1) },
      shape: [n, n])
    return ToyStudy(
      start: .zeros([n]), law: { PlackettLuce(logScores: $0) },
      cost: { ($0 - target).squared().sum(along: -1).sum(along: -1) },
      isRight: { NeuralSort(scores: $0, temperature: 1).order.values == Array(0..<Int32(n)) },
      critic: { Critic(inputs: n * n, units: 32, temperature: 0.5, using: &$0) },
      hasExactRun: true, steps: steps, seeds: seeds)
  }
}
