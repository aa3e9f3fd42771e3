import Datasets
import Models
import Tensors

/// Bounds on held-out images, in nats per example.
struct Evaluation {
  let examples: Int
  /// The evidence lower bound, averaged over the samples.
  let bound: Double
  /// The importance-weighted estimate of the log-likelihood with that many samples.
  let logLikelihood: Double
  let samples: Int
}

/// Evaluates a model on every image once; the noise is a function of the seed.
func evaluate(
  _ model: some LatentVariableModel, on images: ImageSet, binarisation: Binarisation,
  seed: UInt64, samples: Int
) -> Evaluation {
  let batches = Batches(
    evaluating: images, size: max(1, 500 / samples), binarisation: binarisation, seed: seed)
  var generator = Philox(seed: seed).folding(0xE7A1)
  var bound = 0.0
  var likelihood = 0.0
  for index in 0..<batches.count {
    let x = batches[index]
    let weights = model.logWeights(of: x, samples: samples, using: &generator)
    bound += weights.mean(along: 0).scalars.reduce(0.0) { $0 + Double($1) }
    let logMean = weights.logSumExp(along: 0).scalars
    likelihood += logMean.reduce(0.0) { $0 + Double($1) }
  }
  let count = Double(images.count)
  let correction = Double(Tensor(Scalar(samples)).log().item)
  return Evaluation(
    examples: images.count, bound: bound / count, logLikelihood: likelihood / count - correction,
    samples: samples)
}
