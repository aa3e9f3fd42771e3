package import Datasets
package import Learning
import Models
package import Runs
import Stochastics
import Tensors

/// The effect of each part of NVIL on the noise of the gradient, on one batch at the same
/// parameters.
package struct AblationStudy {
  package static let batchSize = 100

  private let images: ImageData
  private let batches: BatchStream
  private let seed: UInt64
  private let mean: Tensor
  private var network: BeliefNetwork
  private var generator: Philox

  /// The validation images of the batch on which gradients are drawn.
  package var measuredCount: Int { min(images.validation.count, AblationStudy.batchSize) }

  /// A study on a belief network of one layer; traps unless there is a batch of training images.
  ///
  /// - Parameter images: validation images should not be among the training images.
  package init(images: ImageData, latents: Int, seed: UInt64) {
    self.images = images
    self.seed = seed
    batches = BatchStream(
      images.training, size: AblationStudy.batchSize, binarization: .dynamic, seed: seed)
    mean = images.training.mean
    generator = Philox(seed: seed)
    network = BeliefNetwork(
      .init(visible: mean.count, layers: [latents]), mean: mean, using: &generator)
  }

  /// The figures of one estimator.
  package struct Row: Sendable {
    package let name: String
    /// The variance of the encoder's gradient, summed over its weights.
    package let variance: Double
    /// The squared mean, likewise; not above zero where it is lost in the noise of its estimate.
    package let squaredMean: Double

    /// The variance over the squared mean, which a mere rescaling does not change; `nil` where the
    /// mean is lost.
    package var ratio: Double? { squaredMean > 0 ? variance / squaredMean : nil }
  }

  /// Trains the network with NVIL for some steps, and measures every estimator on it.
  ///
  /// - Parameters:
  ///   - pilot: steps in which each estimator's state is learned.
  ///   - draws: gradients of each estimator, two at least.
  package mutating func run(
    steps: Int, pilot: Int, draws: Int, _ progress: ProgressReport = .none
  ) throws(NonFiniteError) -> [Row] {
    try train(steps: steps, progress.part(0, of: 2, "training"))
    let entries = entries()
    let measuring = progress.part(1, of: 2, "gradients")
    var measured: [(name: String, result: Measurement)] = []
    for (index, entry) in entries.enumerated() {
      let own = measuring.part(index, of: entries.count, entry.name)
      measured.append((entry.name, try measure(entry, pilot: pilot, draws: draws, own)))
    }
    // All share one mean but for a known factor; the least noisy of them measures it for all.
    let reference = measured.map(\.result).min { $0.noise < $1.noise }
    let square = reference.map { $0.squaredMean / ($0.scale * $0.scale) } ?? 0
    return measured.map { name, result in
      Row(
        name: name, variance: result.variance, squaredMean: square * result.scale * result.scale)
    }
  }

  /// An estimator under study.
  private struct Entry {
    let name: String
    let estimator: any BlackBoxGradientEstimator<Bernoulli>
    /// Adam's rate for the estimator's own state: one number has further to go than the weights of
    /// a network.
    var rate = 0.01
  }

  /// NVIL's parts in the order of its paper, and the lecture's constant beside the running mean.
  private mutating func entries() -> [Entry] {
    let network = NetworkBaseline(center: mean, using: &generator)
    return [
      Entry(name: "REINFORCE", estimator: Reinforce<Bernoulli, NoBaseline>(baseline: .none)),
      Entry(
        name: "REINFORCE, constant B learned by descent",
        estimator: Reinforce<Bernoulli, ConstantBaseline>(baseline: .constant()), rate: 0.5),
      Entry(
        name: "REINFORCE, running mean",
        estimator: Reinforce<Bernoulli, MovingAverageBaseline>(baseline: .movingAverage())),
      Entry(
        name: "NVIL: running center",
        estimator: NVIL<Bernoulli>(network: nil, normalizesVariance: false)),
      Entry(
        name: "NVIL: + input-dependent baseline",
        estimator: NVIL<Bernoulli>(network: network, normalizesVariance: false)),
      Entry(name: "NVIL: + variance normalization", estimator: NVIL<Bernoulli>(network: network)),
    ]
  }

  private mutating func train(steps: Int, _ progress: ProgressReport) throws(NonFiniteError) {
    let baseline = NetworkBaseline(center: mean, using: &generator)
    let estimators = LayerEstimators<Bernoulli>([NVIL<Bernoulli>(network: baseline)])
    var trainer = Trainer(
      Trained(model: network, estimators: estimators), optimizer: Adam(), learningRate: 1e-3)
    for step in 0..<steps {
      progress(step, of: steps)
      var noise = noise(ofStep: step)
      _ = try trainer.descend { $0.loss(of: batches[step], using: &noise) }
    }
    network = trainer.model.model
  }

  private struct Measurement {
    /// The variance of the encoder's gradient, summed over its weights.
    let variance: Double
    /// The squared mean, likewise, less what the noise of the mean adds to it.
    let squaredMean: Double
    /// The factor by which the estimator is known to scale the mean.
    let scale: Double

    /// The variance as it would be without scaling.
    var noise: Double { variance / (scale * scale) }
  }

  /// Draws gradients on one batch; the estimator's state is learned first and frozen.
  private func measure(
    _ entry: Entry, pilot: Int, draws: Int, _ progress: ProgressReport
  ) throws(NonFiniteError) -> Measurement {
    var learner = Trainer(
      LayerEstimators<Bernoulli>([entry.estimator]), optimizer: Adam(), learningRate: entry.rate)
    for step in 0..<pilot {
      progress(step, of: pilot + draws)
      var noise = noise(ofStep: step)
      _ = try learner.descend { estimators in
        network.negativeBound(of: batches[step], estimators: &estimators, using: &noise).mean()
      }
    }
    let frozen = learner.model
    let x = Batches(
      evaluating: images.validation, size: AblationStudy.batchSize, binarization: .dynamic,
      seed: seed)[0]
    var noise = Philox(seed: seed, stream: .ablationGradients)
    var moments = Moments(coordinates: network.encoder[0].output.weight.count)
    for draw in 0..<draws {
      progress(pilot + draw, of: pilot + draws)
      var encoder = network
      var estimators = frozen
      let (_, gradient) = valueWithGradient(at: &encoder) { model in
        model.negativeBound(of: x, estimators: &estimators, using: &noise).mean()
      }
      moments.add(gradient.encoder[0].output.weight)
    }
    let variance = moments.variance.reduce(0.0, +)
    let square = moments.mean.reduce(0.0) { $0 + $1 * $1 } - variance / Double(draws)
    let scale = (frozen.layers[0] as? any ScalesGradient)?.scale ?? 1
    return Measurement(variance: variance, squaredMean: square, scale: Double(scale))
  }

  private func noise(ofStep step: Int) -> Philox {
    Philox(seed: seed, stream: .ablationSteps).folding(UInt64(step))
  }
}
