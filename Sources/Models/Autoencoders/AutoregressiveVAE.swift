public import Stochastics
public import Tensors

/// An autoencoder over bits whose inference network gives each bit from the data and the bits
/// before it.
///
/// q(z | x) is a masked network over the latents whose units and log-odds are shifted by what an
/// encoder makes of x, so that latents may depend on each other given the data. It has a
/// probability and no relaxation: its bound is estimated at hard samples, the divergence with the
/// rest. Inputs are centered by the training mean; bits enter the decoder as 2z - 1.
public struct AutoregressiveVAE: Autoencoder {
  public typealias Latents = Bernoulli
  public typealias Estimators = SampledBound<ConditionalMADE>

  /// The training mean, [visible].
  public var mean: Tensor
  /// The shifts of the inference network, by the data.
  public var encoder: Perceptron
  /// The inference network's weights between latents, which all data share.
  public var network: MADE
  /// p(x | z).
  public var decoder: Perceptron
  public var prior: Prior<Bernoulli>

  /// Traps unless there is a latent and a hidden layer of the inference network.
  ///
  /// - Parameters:
  ///   - bits: number of latents.
  ///   - hidden: sizes of the deterministic layers of encoder and, in reverse, of the decoder; none
  ///     for linear maps.
  ///   - posteriorHidden: sizes of the hidden layers between latents.
  ///   - priorHidden: those of a masked network that is the prior; `nil` for independent bits.
  ///   - mean: the training mean, [visible], in [0, 1]; the decoder's bias starts at its logits.
  public init(
    bits: Int, hidden: [Int] = [], posteriorHidden: [Int], learnsPrior: Bool = false,
    priorHidden: [Int]? = nil, mean: Tensor,
    using generator: inout some RandomNumberGenerator
  ) {
    self.mean = mean
    network = MADE(hidden: posteriorHidden, mean: .full(0.5, [bits]), using: &generator)
    encoder = Perceptron(
      inputs: mean.count, hidden: hidden, outputs: ConditionalMADE.shiftCount(of: network),
      using: &generator)
    decoder = Perceptron(
      inputs: bits, hidden: hidden.reversed(), outputs: mean.count,
      outputBias: mean.clippedLogits(), using: &generator)
    let latents = Bernoulli(logits: .zeros([bits]))
    prior =
      priorHidden.map { Prior(of: latents, hidden: $0, using: &generator) }
      ?? Prior(of: latents, isLearned: learnsPrior)
  }

  public func posterior(given x: Bits) -> ConditionalMADE {
    ConditionalMADE(network, shifts: encoder(x.tensor, centeredBy: mean))
  }

  public func likelihood(given features: Tensor) -> Bernoulli {
    Bernoulli(logits: decoder(features))
  }

  public func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, estimators: inout SampledBound<ConditionalMADE>, using generator: inout G
  ) -> Tensor {
    estimators.negativeBound(
      posterior: posterior(given: x), prior: prior, given: x.tensor, using: &generator
    ) { z, _ in likelihood(given: Bernoulli.features(hard: z)).logProbability(x) }
  }

  /// Of each example bit by bit the likelier latent given those before it, [batch, bits].
  public func codes(of x: Bits) -> Bits {
    Bits(posterior(given: x).greedy().tensor.reshaped([x.shape[0], network.variableCount]))
  }

  public static var recognitionParts: Set<String> { ["encoder", "posterior"] }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("mean", &mean, .tracked)
    visitor.visit("encoder", &encoder)
    visitor.visit("posterior", &network)
    visitor.visit("decoder", &decoder)
    visitor.visit("prior", &prior)
  }
}
