import Learning
import Stochastics
import Tensors

/// The toy of the RELAX paper: one bit whose logit descends E[(b - t)²], started at zero.
///
/// Grathwohl, Choi, Wu, Roeder and Duvenaud (2018), Backpropagation through the void, section 5.1.
struct ToyStudy {
  let target: Scalar
  let steps: Int
  let seeds: Int

  /// How an estimator did.
  struct Result {
    let name: String
    /// Seeds that end where the cost is lower.
    let right: Int
    /// Step, mean expected cost over the seeds, and mean logarithm of the gradient's variance, to base ten.
    let curve: [(step: Int, cost: Double, logVariance: Double)]
  }

  /// Steps between two looks.
  private var interval: Int { max(1, steps / 100) }
  /// Estimates from which a variance comes.
  private static let draws = 200

  func results() -> [Result] {
    [
      result("REINFORCE") { _ in Reinforce<Bernoulli, NoBaseline>(baseline: .none) },
      result("REBAR") { _ in REBAR<Bernoulli>(temperature: 0.5, scale: 1) },
      result("RELAX") { generator in
        RELAX<Bernoulli>(critic: Critic(inputs: 1, units: 10, temperature: 0.5, using: &generator))
      },
    ]
  }

  private func result<Estimator: GradientEstimator<Bernoulli>>(
    _ name: String, _ make: (inout Philox) -> Estimator
  ) -> Result {
    var right = 0
    var sums: [(step: Int, cost: Double, logVariance: Double)] = []
    for seed in 1...seeds {
      var generator = Philox(seed: UInt64(seed))
      var trainer = Trainer(
        Learner(logits: [0], estimator: make(&generator)), optimizer: Adam(), learningRate: 0.01)
      for step in 0...steps {
        if step % interval == 0 {
          let look = look(at: trainer.model, using: &generator)
          let index = step / interval
          if index == sums.count { sums.append((step, 0, 0)) }
          sums[index].cost += look.cost / Double(seeds)
          sums[index].logVariance += look.logVariance / Double(seeds)
        }
        guard step < steps else { break }
        let done = try? trainer.descend { learner in
          learner.estimate(learner.logits, target: target, using: &generator).sum()
        }
        if done == nil { break }
      }
      // With a target below a half zeros cost less, above it ones.
      let isOne = trainer.model.logits.item > 0
      if isOne == (target > 0.5) { right += 1 }
    }
    return Result(name: name, right: right, curve: sums)
  }

  private func look<Estimator: GradientEstimator<Bernoulli>>(
    at learner: Learner<Estimator>, using generator: inout Philox
  ) -> (cost: Double, logVariance: Double) {
    let p = Double(learner.logits.sigmoid().item)
    let (one, zero) = (1 - Double(target), Double(target))
    var frozen = learner
    let slopes = gradient(at: .zeros([Self.draws, 1]) + learner.logits) { logits in
      frozen.estimate(logits, target: target, using: &generator)
    }
    var moments = Moments(coordinates: 1)
    for slope in slopes.scalars { moments.add([Double(slope)]) }
    let variance = Tensor(Scalar(max(moments.variance[0], 1e-30)))
    return (
      p * one * one + (1 - p) * zero * zero,
      Double(variance.log().item) / 2.302585092994046
    )
  }

  /// The logit and what its estimator learns.
  private struct Learner<Estimator: GradientEstimator<Bernoulli>>: Parameterized, Sendable {
    var logits: Tensor
    var estimator: Estimator

    mutating func estimate(
      _ logits: Tensor, target: Scalar, using generator: inout Philox
    ) -> Tensor {
      estimator.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        of: { (b: Tensor, _: inout Philox) -> Tensor in (b - target).squared().sum(along: -1) })
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("logits", &logits)
      visitor.visit("estimator", &estimator)
    }
  }
}
