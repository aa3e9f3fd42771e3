public import Stochastics
public import Tensors

/// A mixture with exponentially many components: n latents, each uniform over K classes, under a decoder of binary data.
///
/// One latent gives K components and clusters the data; n of them give K^n that share one decoder. Inputs are centred by the training
/// mean; latents enter the decoder as one-hot rows, so that a linear decoder adds one template per latent.
public struct CategoricalMixture: LatentVariableModel {
  public typealias Latents = Categorical

  /// Number of latents and of classes each.
  public let latents: Int
  public let classes: Int
  /// The training mean, [visible].
  public var mean: Tensor
  /// q(z | x): logits [latents * classes].
  public var encoder: Link
  /// p(x | z) from one-hot rows [latents * classes].
  public var decoder: Link

  /// - Parameters:
  ///   - hidden: sizes of the deterministic layers of encoder and decoder, none for linear maps.
  ///   - mean: the training mean, [visible], in [0, 1]; the decoder's bias starts at its logits.
  public init(
    latents: Int, classes: Int, hidden: [Int] = [], mean: Tensor,
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(latents > 0 && classes > 0, "\(latents) latents of \(classes) classes")
    self.latents = latents
    self.classes = classes
    self.mean = mean
    encoder = Link(
      inputs: mean.count, hidden: hidden, outputs: latents * classes, using: &generator)
    decoder = Link(
      inputs: latents * classes, hidden: hidden, outputs: mean.count,
      outputBias: mean.clippedLogits(), using: &generator)
  }

  /// q(z | x), of batch [batch].
  public func posterior(given x: Bits) -> Categorical {
    let logits = encoder(x.tensor, centredBy: mean)
    return Categorical(logits: logits.reshaped([x.shape[0], latents, classes]))
  }

  /// p(x | z) for classes [..., latents].
  public func likelihood(given z: Classes) -> Bernoulli {
    let rows = z.oneHot.reshaped(Array(z.shape.dropLast()) + [latents * classes])
    return Bernoulli(logits: decoder(Bits(rows).tensor))
  }

  /// log p(z), the same for every z.
  private var logPrior: Scalar {
    -Scalar(latents) * Tensor(Scalar(classes)).log().item
  }

  public func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, estimators: inout LayerEstimators<Categorical>, using generator: inout G
  ) -> Tensor {
    precondition(estimators.layers.count == 1, "\(estimators.layers.count) estimators for 1 layer")
    let q = posterior(given: x)
    // The score of log q inside the cost has mean zero, so it is left out of the gradient.
    let constant = Categorical(logits: q.logits.detached())
    return estimators.layers[0].expectation(
      over: q, given: x.tensor, using: &generator,
      ofBlackBox: { (z: Classes, _: inout G) -> Tensor in
        constant.logProbability(z) - logPrior - likelihood(given: z).logProbability(x)
      })
  }

  public func logWeights(
    of x: Bits, samples: Int, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let q = posterior(given: x)
    let z = q.sample(samples, using: &generator)
    return likelihood(given: z).logProbability(x) + logPrior - q.logProbability(z)
  }

  /// One-hot rows of the most probable classes, [batch, latents * classes].
  public func codes(of x: Bits) -> Bits {
    let best = posterior(given: x).logits.argmax(along: -1)
    return Bits(best.oneHot(classes: classes).reshaped([x.shape[0], latents * classes]))
  }

  public func reconstructions(
    of x: Bits, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let z = posterior(given: x).sample(1, using: &generator)
    return likelihood(given: z).mean.reshaped([x.shape[0], mean.count])
  }

  public func samples(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let prior = Categorical(logits: .zeros([latents, classes]))
    return likelihood(given: prior.sample(count, using: &generator)).mean
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("mean", &mean, .tracked)
    visitor.visit("encoder", &encoder)
    visitor.visit("decoder", &decoder)
  }
}
