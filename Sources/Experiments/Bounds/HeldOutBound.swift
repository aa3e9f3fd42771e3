public import Datasets
public import Models
public import Runs
import Tensors

/// Bounds of a model on images, in nats per image.
public struct HeldOutBound: Sendable, Equatable {
  /// Number of images.
  public let images: Int
  /// The evidence lower bound, averaged over the samples.
  public let bound: Double
  /// The importance-weighted estimate of the log-likelihood with that many samples.
  public let logLikelihood: Double
  /// Samples per image.
  public let samples: Int

  /// Evaluates a model on every image once; the noise is a function of the seed.
  ///
  /// Traps unless there is an image and a sample. Throws `Stopped` where `stop` says so.
  /// - Complexity: `samples` passes through the model for every image.
  public init(
    of model: some LatentVariableModel, on images: ImageSet, binarization: Binarization,
    seed: UInt64, samples: Int, _ stop: StopCheck = .never, progress: ProgressReport = .none
  ) throws(Stopped) {
    require(samples > 0 && images.count > 0, "\(samples) samples of \(images.count) images")
    let batches = Batches(
      evaluating: images, size: max(1, 500 / samples), binarization: binarization, seed: seed)
    var noise = Philox(seed: seed, stream: .evaluation)
    var (bound, likelihood) = (0.0, 0.0)
    for index in 0..<batches.count {
      try stop()
      progress(index, of: batches.count)
      let weights = model.logWeights(of: batches[index], samples: samples, using: &noise)
      bound += weights.mean(along: 0).scalars.reduce(0.0) { $0 + Double($1) }
      likelihood += weights.logSumExp(along: 0).scalars.reduce(0.0) { $0 + Double($1) }
    }
    let count = Double(images.count)
    self.images = images.count
    self.samples = samples
    self.bound = bound / count
    logLikelihood = likelihood / count - Double(Tensor(Scalar(samples)).log().item)
  }
}
