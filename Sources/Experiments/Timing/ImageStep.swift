import Learning
import Models
import Stochastics
import Tensors

/// A training step on binary images, 6,000 of 784 pixels, with Adam on everything.
struct ImageStep<Model: Parameterized & Sendable> {
  private var trainer: Trainer<Model, Adam>
  private let data: Tensor
  private let batchSize: Int
  private var generator: Philox
  private let loss: (inout Model, Bits, inout Philox) -> Tensor

  private init(
    _ model: Model, batchSize: Int, learningRate: Double, using generator: inout Philox,
    loss: @escaping (inout Model, Bits, inout Philox) -> Tensor
  ) {
    self.batchSize = batchSize
    self.loss = loss
    data = Bernoulli(logits: .full(-1.9, [784])).sample(6000, using: &generator).tensor
    trainer = Trainer(model, optimizer: Adam(), learningRate: learningRate)
    self.generator = generator.split()
  }

  mutating func callAsFunction() {
    let start = trainer.step % (6000 / batchSize) * batchSize
    let x = Bits(data.sliced(along: 0, start..<(start + batchSize)))
    let loss = loss
    do {
      _ = try trainer.descend { loss(&$0, x, &generator) }
    } catch {
      fatalError("\(error)")
    }
  }
}

extension ImageStep {
  /// The mean negative bound of a model with its estimators.
  private init<Network: LatentVariableModel>(
    _ network: Network, _ estimators: Network.Estimators, batchSize: Int = 100,
    learningRate: Double = 1e-3, using generator: inout Philox
  ) where Model == Trained<Network, Network.Estimators> {
    self.init(
      Trained(model: network, estimators: estimators), batchSize: batchSize,
      learningRate: learningRate, using: &generator
    ) { $0.loss(of: $1, using: &$2) }
  }
}

extension ImageStep where Model == Trained<BeliefNetwork, LayerEstimators<Bernoulli>> {
  /// NVIL with the baselines of the paper, on every stochastic layer.
  static func nvil(layers: [Int], using generator: inout Philox) -> Self {
    let estimators = ([784] + layers.dropLast()).map { inputs in
      NVIL<Bernoulli>(
        network: NetworkBaseline(center: .zeros([inputs]), using: &generator), decay: 0.9,
        normalizesVariance: false)
    }
    let network = BeliefNetwork(
      .init(visible: 784, layers: layers), mean: .zeros([784]), using: &generator)
    return Self(network, LayerEstimators(estimators), using: &generator)
  }

  static func disARM(using generator: inout Philox) -> Self {
    let network = BeliefNetwork(
      .init(visible: 784, layers: [200]), mean: .zeros([784]), using: &generator)
    return Self(
      network, LayerEstimators([DisARM()]), batchSize: 50, learningRate: 1e-4, using: &generator)
  }
}

extension ImageStep where Model == Trained<DiscreteVAE<Categorical>, BoundEstimation<Categorical>> {
  /// An autoencoder with two tanh layers on either side of 20 variables of 10 classes.
  static func gumbelSoftmax(using generator: inout Philox) -> Self {
    let network = DiscreteVAE(
      latents: Categorical(logits: .zeros([20, 10])), hidden: [512, 256], mean: .zeros([784]),
      using: &generator)
    return Self(network, .analytic(GumbelSoftmax<Categorical>()), using: &generator)
  }
}
