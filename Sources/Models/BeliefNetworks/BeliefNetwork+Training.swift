public import Stochastics
public import Tensors

extension BeliefNetwork {
  /// The negative evidence lower bound of each example, [batch], with the estimators' gradient.
  ///
  /// Every layer's estimator is called inside the cost of the layer below, so that its cost holds
  /// the terms it can change and no others: NVIL's local learning signals. A layer's baseline sees
  /// what the layer is conditioned on.
  public func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, estimators: inout LayerEstimators<Bernoulli>, using generator: inout G
  ) -> Tensor {
    require(
      estimators.layers.count == encoder.count,
      "\(estimators.layers.count) estimators for \(encoder.count) layers")
    return cost(0, below: x, estimators: &estimators.layers, using: &generator)
  }

  private func cost<G: RandomNumberGenerator>(
    _ layer: Int, below: Bits, estimators: inout [any BlackBoxGradientEstimator<Bernoulli>],
    using generator: inout G
  ) -> Tensor {
    let q = posterior(layer, given: below)
    // The score of log q inside the cost has mean zero, so it is left out of the gradient.
    let constant = Bernoulli(logits: q.logits.detached())
    var own = estimators[layer]
    let value = own.expectation(
      over: q, given: below.tensor, using: &generator,
      ofBlackBox: { (above: Bits, generator: inout G) -> Tensor in
        let local =
          constant.logProbability(above)
          - likelihood(layer, given: above).logProbability(below)
        guard layer + 1 < encoder.count else {
          return local - prior.logProbability(above)
        }
        return local
          + cost(layer + 1, below: above, estimators: &estimators, using: &generator)
      })
    estimators[layer] = own
    return value
  }
}
