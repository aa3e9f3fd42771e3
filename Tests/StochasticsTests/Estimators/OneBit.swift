import DiscreteTesting
import Stochastics
import Tensors

/// Variances with all noise summed out, against closed forms written down by hand: what keeps a
/// mean and spoils the variance shows here.
///
/// One bit with f(b) = (b - t)^2 at logit zero, as in the toy of the RELAX paper.
enum OneBit {
  static let targets: [Scalar] = [0.45, 0.499]

  static func cost(_ z: Tensor, _ target: Scalar) -> Tensor {
    (z - target).squared().sum(along: -1)
  }

  /// The variance over rows of noise with weights.
  static func variance(
    _ weights: Tensor, _ estimate: (Bernoulli) -> Tensor
  ) -> Double {
    let slopes = gradient(at: .zeros([weights.count, 1])) { estimate(Bernoulli(logits: $0)) }
      .reshaped([weights.count])
    let mean = (slopes * weights).sum()
    return Double(((slopes - mean).squared() * weights).sum().item)
  }

  /// All draws of some samples of one bit, which are equally probable.
  static func variance<Estimator: GradientEstimator<Prescribed<Bernoulli>>>(
    of estimator: Estimator, samples: Int, target: Scalar
  ) -> Double {
    let draws = DrawList.bits(1)
    let places = draws.places(samples: samples)
    let z = draws.samples(places)
    let count = places[0].count
    return variance(.full(1 / Scalar(count), [count])) { q in
      var (own, generator) = (estimator, Philox(seed: 0))
      return own.expectation(
        over: Prescribed(base: q, samples: z), using: &generator,
        of: { (z: Tensor, _: inout Philox) -> Tensor in cost(z, target) })
    }
  }
}
