public import Stochastics
public import Tensors

/// A variational autoencoder with one layer of discrete latents under a decoder of binary data.
///
/// With uniform categorical latents it is a mixture of K^n components that share one decoder; with
/// a `Gibbs` law latents are chains, trees or other structures. Inputs are centered by the training
/// mean; bits enter the decoder as 2z - 1, classes as one-hot rows and structures as indicators of
/// their parts, so that a linear decoder adds one template for each. Kingma and Welling (2014),
/// Auto-encoding variational Bayes; Jang, Gu and Poole (2017), Categorical reparameterization with
/// Gumbel-Softmax.
public struct DiscreteVAE<Latents: LatentLaw>: Autoencoder {
  /// The law of the latents of one example, of which all others are made.
  public let latents: Latents
  /// The training mean, [visible].
  public var mean: Tensor
  /// q(z | x): logits, flat.
  public var encoder: Perceptron
  /// p(x | z).
  public var decoder: Perceptron
  public var prior: Prior<Latents>

  /// Traps unless `latents` is the law of one event.
  ///
  /// - Parameters:
  ///   - latents: a law of the kind and size of an example's latents; its logits do not matter.
  ///   - hidden: sizes of the deterministic layers of encoder and, in reverse, of the decoder; none
  ///     for linear maps.
  ///   - priorHidden: sizes of the hidden layers of a masked network that is the prior of bits;
  ///     `nil` for independent variables.
  ///   - mean: the training mean, [visible], in [0, 1]; the decoder's bias starts at its logits.
  public init(
    latents: Latents, hidden: [Int] = [], learnsPrior: Bool = false, priorHidden: [Int]? = nil,
    mean: Tensor,
    using generator: inout some RandomNumberGenerator
  ) {
    require(latents.batch == [], "latents of batch \(latents.batch), not of one event")
    self.latents = latents
    let size = latents.event.reduce(1, *)
    self.mean = mean
    encoder = Perceptron(inputs: mean.count, hidden: hidden, outputs: size, using: &generator)
    decoder = Perceptron(
      inputs: size, hidden: hidden.reversed(), outputs: mean.count,
      outputBias: mean.clippedLogits(), using: &generator)
    prior =
      priorHidden.map { Prior(of: latents, hidden: $0, using: &generator) }
      ?? Prior(of: latents, isLearned: learnsPrior)
  }

  /// The shape of the latents of one example: [n] bits, [n, K] for n variables of K classes, or
  /// [parts].
  public var event: [Int] { latents.event }

  /// q(z | x), of batch [batch].
  public func posterior(given x: Bits) -> Latents { latents.with(logits: logits(given: x)) }

  private func logits(given x: Bits) -> Tensor {
    encoder(x.tensor, centeredBy: mean).reshaped([x.shape[0]] + event)
  }

  /// p(x | z) for what a decoder sees of latents, [..., scalars of an event].
  public func likelihood(given features: Tensor) -> Bernoulli {
    Bernoulli(logits: decoder(features))
  }

  public func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, estimators: inout BoundEstimation<Latents>, using generator: inout G
  ) -> Tensor {
    let logits = logits(given: x)
    if let refusal = latents.refusal(of: logits) { return refusal }
    return estimators.negativeBound(
      posterior: latents.with(logits: logits), prior: prior, given: x.tensor, using: &generator
    ) { features, _ in likelihood(given: features).logProbability(x) }
  }

  /// The most probable latents of each example as bits, classes as one-hot rows, structures by
  /// their parts, [batch, scalars of an event].
  public func codes(of x: Bits) -> Bits {
    let point = Latents.point(posterior(given: x).mode())
    return Bits(point.reshaped([x.shape[0], event.reduce(1, *)]))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("mean", &mean, .tracked)
    visitor.visit("encoder", &encoder)
    visitor.visit("decoder", &decoder)
    visitor.visit("prior", &prior)
  }
}

extension DiscreteVAE: BitLatent where Latents == Bernoulli {
  public func bitProbabilities(of x: Bits) -> Tensor { posterior(given: x).mean }
}
