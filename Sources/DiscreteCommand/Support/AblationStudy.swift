import Datasets
import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors

/// A belief network of one layer on which estimators are compared.
struct AblationStudy {
  static let batchSize = 100

  private let images: ImageData
  private let seed: UInt64
  private let mean: Tensor
  private var network: BeliefNetwork
  private var generator: Philox

  init(images: ImageData, latents: Int, seed: UInt64) {
    self.images = images
    self.seed = seed
    mean = images.training.mean
    generator = Philox(seed: seed)
    network = BeliefNetwork(
      .init(visible: mean.count, layers: [latents]), mean: mean, using: &generator)
  }

  /// An estimator under study.
  struct Entry {
    let name: String
    let estimator: any BlackBoxGradientEstimator<Bernoulli>
    /// Adam's rate for the estimator's own state: one number has further to go than the weights of a network.
    var rate = 0.01
  }

  /// NVIL's parts in the order of its paper, and the lecture's constant beside the running mean.
  mutating func entries() -> [Entry] {
    let network = NetworkBaseline(centre: mean, using: &generator)
    return [
      Entry(name: "REINFORCE", estimator: Reinforce<Bernoulli, NoBaseline>(baseline: .none)),
      Entry(
        name: "REINFORCE, constant B learned by descent",
        estimator: Reinforce<Bernoulli, ConstantBaseline>(baseline: .constant()), rate: 0.5),
      Entry(
        name: "REINFORCE, running mean",
        estimator: Reinforce<Bernoulli, MovingAverageBaseline>(baseline: .movingAverage())),
      Entry(
        name: "NVIL: running centre",
        estimator: NVIL<Bernoulli>(network: nil, normalizesVariance: false)),
      Entry(
        name: "NVIL: + input-dependent baseline",
        estimator: NVIL<Bernoulli>(network: network, normalizesVariance: false)),
      Entry(name: "NVIL: + variance normalisation", estimator: NVIL<Bernoulli>(network: network)),
    ]
  }

  /// Trains the network with the whole of NVIL.
  mutating func train(steps: Int) {
    let baseline = NetworkBaseline(centre: mean, using: &generator)
    let estimators = LayerEstimators<Bernoulli>([NVIL<Bernoulli>(network: baseline)])
    var trainer = Trainer(
      Trained(model: network, estimators: estimators), optimizer: Adam(), learningRate: 1e-3)
    forEachBatch(steps) { x, noise in
      _ = try? trainer.descend { trained in
        trained.model.negativeBound(of: x, estimators: &trained.estimators, using: &noise).mean()
      }
    }
    network = trainer.model.model
  }

  /// What is measured of one estimator.
  struct Measurement {
    /// The variance of the encoder's gradient, summed over its weights.
    let variance: Double
    /// The squared mean, likewise, less what the noise of the mean adds to it.
    let squaredMean: Double
    /// The factor by which the estimator is known to scale the mean.
    let scale: Double
  }

  /// Draws gradients on one batch; the estimator's state is learned first and frozen.
  func measure(_ entry: Entry, pilot: Int, draws: Int) -> Measurement {
    var learner = Trainer(
      LayerEstimators<Bernoulli>([entry.estimator]), optimizer: Adam(), learningRate: entry.rate)
    forEachBatch(pilot) { x, noise in
      _ = try? learner.descend { estimators in
        network.negativeBound(of: x, estimators: &estimators, using: &noise).mean()
      }
    }
    let frozen = learner.model
    let x = Batches(
      evaluating: images.validation, size: AblationStudy.batchSize, binarisation: .dynamic,
      seed: seed)[0]
    var noise = Philox(seed: seed).folding(2)
    var moments = Moments(coordinates: network.encoder[0].output.weight.count)
    for _ in 0..<draws {
      var encoder = network
      var estimators = frozen
      let (_, gradient) = valueWithGradient(at: &encoder) { model in
        model.negativeBound(of: x, estimators: &estimators, using: &noise).mean()
      }
      moments.add(gradient.encoder[0].output.weight)
    }
    let variance = moments.variance.reduce(0.0, +)
    let square = moments.mean.reduce(0.0) { $0 + $1 * $1 } - variance / Double(draws)
    let scale = (frozen.layers[0] as? NVIL<Bernoulli>)?.scale ?? 1
    return Measurement(variance: variance, squaredMean: square, scale: Double(scale))
  }

  private func forEachBatch(_ steps: Int, _ body: (Bits, inout Philox) -> Void) {
    let perEpoch = images.training.count / AblationStudy.batchSize
    var epoch = Batches(
      training: images.training, size: AblationStudy.batchSize, binarisation: .dynamic, seed: seed,
      epoch: 0)
    for step in 0..<steps {
      if step > 0 && step % perEpoch == 0 {
        epoch = Batches(
          training: images.training, size: AblationStudy.batchSize, binarisation: .dynamic,
          seed: seed, epoch: step / perEpoch)
      }
      var noise = Philox(seed: seed).folding(1).folding(UInt64(step))
      body(epoch[step % perEpoch], &noise)
    }
  }
}
