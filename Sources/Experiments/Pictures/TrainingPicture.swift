import Datasets
import Learning
import Models
import Runs
import Stochastics
import Tensors

extension Picture {
  /// Bounds on held-out digits while two models train, each by two estimators.
  func training(seed: UInt64) -> Drawing {
    let digits = Glyphs.data(seed: seed)
    let race = Race(
      batches: BatchStream(digits.training, size: 50, binarization: .dynamic, seed: seed),
      held: Batches(evaluating: digits.test, size: 500, binarization: .dynamic, seed: seed)[0],
      seed: seed)
    let mean = digits.training.mean
    func network(_ name: String, _ estimator: any BlackBoxGradientEstimator<Bernoulli>)
      -> LineChart.Series
    {
      race.course(named: name) { generator in
        Trained(
          model: BeliefNetwork(
            .init(visible: mean.count, layers: [100]), mean: mean, using: &generator),
          estimators: LayerEstimators<Bernoulli>([estimator]))
      }
    }
    func autoencoder(_ name: String, isHard: Bool) -> LineChart.Series {
      race.course(named: name) { generator in
        Trained(
          model: DiscreteVAE(
            latents: Categorical(logits: .zeros([20, 5])), mean: mean, using: &generator),
          estimators: .analytic(GumbelSoftmax<Categorical>(temperature: 0.5, isHard: isHard)))
      }
    }
    var generator = Philox(seed: seed)
    let baseline = NetworkBaseline(center: mean, using: &generator)
    func panel(_ title: String, _ series: [LineChart.Series]) -> LineChart.Panel {
      .init(title: title, xLabel: "steps of 50 digits", yLabel: "nats a digit", series: series)
    }
    return LineChart(
      title: "The bound on held-out digits, built-in glyphs",
      panels: [
        panel(
          "belief network, 100 bits",
          [
            network("NVIL", NVIL<Bernoulli>(network: baseline)),
            network("REINFORCE", Reinforce<Bernoulli, NoBaseline>(baseline: .none)),
          ]),
        panel(
          "autoencoder, 20 latents of 5 classes",
          [
            autoencoder("Gumbel-Softmax", isHard: false),
            autoencoder("straight-through", isHard: true),
          ]),
      ]
    ).drawing()
  }
}

/// Trainings of models from the same seed on the same batches.
private struct Race {
  private static let (steps, interval) = (2000, 100)

  let batches: BatchStream
  let held: Bits
  let seed: UInt64

  /// The bound on the held-out images before the first step and after every interval, up to a step
  /// that fails.
  func course<Model: LatentVariableModel>(
    named name: String, _ make: (inout Philox) -> Trained<Model, Model.Estimators>
  ) -> LineChart.Series {
    var generator = Philox(seed: seed)
    var trainer = Trainer(make(&generator), optimizer: Adam(), learningRate: 1e-3)
    var points: [(x: Double, y: Double)] = []
    for step in 0...Self.steps {
      if step % Self.interval == 0 {
        let weights = trainer.model.model.logWeights(of: held, samples: 1, using: &generator)
        points.append((Double(step), Double(weights.mean().item)))
      }
      guard step < Self.steps,
        (try? trainer.descend { $0.loss(of: batches[step], using: &generator) }) != nil
      else { break }
    }
    return .init(name: name, points: points)
  }
}
