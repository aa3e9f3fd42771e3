import Datasets
import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors

/// A belief network of one layer on which estimators are compared.
struct AblationStudy {
  private static let batchSize = 100

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

  /// NVIL's parts in the order of its paper, and the lecture's constant beside the running mean.
  mutating func estimators() -> [(String, any BlackBoxGradientEstimator<Bernoulli>)] {
    let baseline = NetworkBaseline(centre: mean, using: &generator)
    return [
      ("REINFORCE", Reinforce<Bernoulli, NoBaseline>(baseline: .none)),
      (
        "REINFORCE, constant B learned by descent",
        Reinforce<Bernoulli, ConstantBaseline>(baseline: .constant())
      ),
      (
        "REINFORCE, running mean",
        Reinforce<Bernoulli, MovingAverageBaseline>(baseline: .movingAverage())
      ),
      (
        "NVIL: running centre",
        NVIL<Bernoulli>(network: nil, normalizesVariance: false)
      ),
      (
        "NVIL: + input-dependent baseline",
        NVIL<Bernoulli>(network: baseline, normalizesVariance: false)
      ),
      ("NVIL: + variance normalisation", NVIL<Bernoulli>(network: baseline)),
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

  /// The variance and the squared mean of the encoder's gradient, summed over its weights.
  ///
  /// The estimator's state is learned first, at the network's parameters, and frozen before the gradients are drawn.
  func measure(
    _ estimator: any BlackBoxGradientEstimator<Bernoulli>, pilot: Int, draws: Int
  ) -> (variance: Double, squaredMean: Double) {
    var learner = Trainer(
      LayerEstimators<Bernoulli>([estimator]), optimizer: Adam(), learningRate: 1e-2)
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
    // The mean's own noise adds its variance to the square.
    let square = moments.mean.reduce(0.0) { $0 + $1 * $1 } - variance / Double(draws)
    return (variance, max(square, .leastNormalMagnitude))
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
