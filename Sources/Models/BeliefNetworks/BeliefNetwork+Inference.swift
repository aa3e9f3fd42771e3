import Stochastics
public import Tensors

extension BeliefNetwork {
  public func logWeights(
    of x: Bits, samples: Int, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    var below = x
    var total: Tensor = 0
    for layer in encoder.indices {
      let q = posterior(layer, given: below)
      var above = q.sample(layer == 0 ? samples : 1, using: &generator)
      if layer > 0 { above = above.reshaped(Array(above.shape.dropFirst())) }
      total =
        total + likelihood(layer, given: above).logProbability(below) - q.logProbability(above)
      below = above
    }
    return total + prior.logProbability(below)
  }

  public func codes(of x: Bits) -> Bits {
    Bits(posterior(0, given: x).logits.step())
  }

  public func reconstructions(
    of x: Bits, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let h = posterior(0, given: x).sample(1, using: &generator)
    return likelihood(0, given: h.reshaped(Array(h.shape.dropFirst()))).logits.sigmoid()
  }

  public func samples(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    var above = prior.sample(count, using: &generator)
    for layer in decoder.indices.dropFirst().reversed() {
      let drawn = likelihood(layer, given: above).sample(1, using: &generator)
      above = drawn.reshaped(Array(drawn.shape.dropFirst()))
    }
    return likelihood(0, given: above).logits.sigmoid()
  }
}

extension BeliefNetwork: BitLatent {
  public func bitProbabilities(of x: Bits) -> Tensor { posterior(0, given: x).mean }
}
