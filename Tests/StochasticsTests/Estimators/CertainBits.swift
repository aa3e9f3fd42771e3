import Stochastics
import Tensors

/// The gradient in three logits of which the first and last are `logit`, far from zero.
func slopesBesideCertainBits(
  _ estimator: some BlackBoxGradientEstimator<Bernoulli>, logit: Scalar
) -> [Scalar] {
  var (estimator, generator) = (estimator, Philox(seed: 2))
  return gradient(at: [logit, 0, logit]) { logits in
    estimator.expectation(
      over: Bernoulli(logits: logits), using: &generator,
      ofBlackBox: { (z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1) })
  }.scalars
}
