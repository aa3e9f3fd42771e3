import Tensors

/// A sample and two perturbations of it: the one it came from, and one drawn given the sample.
///
/// The core of REBAR and RELAX: with any function c of a perturbation, (f(b) - c(z~)) grad log
/// q(b) + grad c(z) - grad c(z~) has the mean of the true gradient, the gradients of c running
/// through z and z~ into the parameters.
struct Coupling<Distribution: CoupledDistribution> {
  /// The parameters as a variable of its own, so that nothing else is differentiated.
  let parameters: Tensor
  let sample: Distribution.Sample
  /// z, then z~, [2 samples] + batch + event.
  let perturbations: Tensor
  private let score: Tensor

  /// - Parameter conditionalNoise: noise for z~; `nil`: the noise for which z~ equals z.
  init(_ q: Distribution, noise: Tensor, conditionalNoise: Tensor?) {
    // Certain bits and masked classes, which are infinite, would give 0 times infinity on the way
    // back.
    parameters = maximum(minimum(q.parameters.detached(), 1e30), -1e30).variable()
    let q = q.with(parameters: parameters)
    let free = q.perturbation(noise)
    sample = q.harden(free.detached())
    let fixed = q.with(parameters: parameters.detached())
    let own = conditionalNoise ?? fixed.conditionalNoise(of: free.detached(), given: sample)
    perturbations = concatenate([free, q.conditional(on: sample, noise: own)], along: 0)
    score = fixed.score(of: sample)
  }

  /// One estimate of the gradient in the parameters, of their shape, tracked in whatever the
  /// variates are tracked in.
  ///
  /// - Parameters:
  ///   - costs: of the samples, [samples] + batch.
  ///   - variates: c of the perturbations, [2 samples] + batch.
  func estimate(costs: Tensor, variates: Tensor, isDifferentiated: Bool) -> Tensor {
    let count = costs.shape[0]
    let free = variates.sliced(along: 0, 0..<count)
    let given = variates.sliced(along: 0, count..<(2 * count))
    let path = gradients(
      of: (free - given).mean(along: 0), withRespectTo: [parameters],
      differentiable: isDifferentiated)[0]
    let signal = costs.detached() - given
    let weights = signal.reshaped(
      signal.shape + [Int](repeating: 1, count: score.rank - signal.rank))
    return (weights * score).mean(along: 0) + path
  }
}

/// The loss that lowers the variance of an estimate, as a passenger for an estimator's own
/// parameters.
///
/// The mean of the estimate does not depend on them, so that its squared size is its variance and a
/// constant.
func varianceLoss(of estimate: Tensor, batchRank: Int, parameters: [Tensor]) -> Tensor? {
  let trained = parameters.filter(\.isTracked)
  guard !trained.isEmpty else { return nil }
  let rows = estimate.shape.prefix(batchRank).reduce(1, *)
  let loss = estimate.squared().sum() / Scalar(max(1, rows))
  let slopes = gradients(of: loss, withRespectTo: trained)
  // A passenger that depends on these parameters only, with the right gradient.
  return zip(trained, slopes).map { ($0 * $1.detached()).sum() }.reduce(Tensor(0), +)
}
