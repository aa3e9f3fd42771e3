import Stochastics
import Tensors
import Testing

/// Expects finite gradients where one class is certain and another masked.
func expectNoNaN(beside estimator: some BlackBoxGradientEstimator<Categorical>) {
  var (estimator, generator) = (estimator, Philox(seed: 2))
  let logits = Tensor([1e4, -1e4, 0, -.infinity, 0, 1], shape: [1, 2, 3])
  let slopes = gradient(at: logits) {
    estimator.expectation(
      over: Categorical(logits: $0), using: &generator, ofEach: { Scalar($0[0] + 2 * $0[1]) })
  }
  #expect(
    slopes.scalars.allSatisfy { $0.isFinite }, "\(type(of: estimator)): \(slopes.scalars)")
  // A masked class has no gradient, not even noise.
  #expect(slopes.scalars[3] == 0, "\(type(of: estimator)): \(slopes.scalars)")
}
