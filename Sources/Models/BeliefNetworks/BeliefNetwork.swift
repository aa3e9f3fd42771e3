public import Stochastics
public import Tensors

/// A belief network: binary data x under one to three layers of Bernoulli latents, with a
/// recognition network.
///
/// p(x, h) = p(h_L) p(h_{L-1} | h_L) ... p(x | h_1) is trained through q(h_1 | x) q(h_2 | h_1) ...
/// on the evidence lower bound E_q[log p(x, h) - log q(h | x)]. Inputs are centered by the training
/// mean; latents enter every link as 2h - 1. Neal (1992), Connectionist learning of belief
/// networks; Mnih and Gregor (2014).
public struct BeliefNetwork: LatentVariableModel {
  public typealias Estimators = LayerEstimators<Bernoulli>

  /// The shape of the network.
  public struct Configuration: Sendable, Hashable {
    public var visible: Int
    /// Sizes of the stochastic layers, nearest to the data first.
    public var layers: [Int]
    /// Sizes of the deterministic layers within every link; none makes the links linear.
    public var hidden: [Int]
    /// Whether the top layer's prior is learned or uniform.
    public var learnsPrior: Bool
    /// Sizes of the hidden layers of a masked network that is the prior; `nil` for independent
    /// bits.
    public var priorHidden: [Int]?

    public init(
      visible: Int, layers: [Int], hidden: [Int] = [], learnsPrior: Bool = true,
      priorHidden: [Int]? = nil
    ) {
      self.visible = visible
      self.layers = layers
      self.hidden = hidden
      self.learnsPrior = learnsPrior
      self.priorHidden = priorHidden
    }
  }

  public let configuration: Configuration
  /// The training mean, [visible].
  public var mean: Tensor
  /// q(h_1 | x), q(h_2 | h_1), ...
  public var encoder: [Perceptron]
  /// p(x | h_1), p(h_1 | h_2), ...
  public var decoder: [Perceptron]
  public var prior: Prior<Bernoulli>

  /// A network with weights N(0, 1/fan-in), the decoder's output bias at the logits of the data
  /// mean, other biases zero.
  ///
  /// Traps unless there is a layer of latents and the mean fits the visible units.
  ///
  /// - Parameter mean: the training mean, [visible], in [0, 1].
  public init(
    _ configuration: Configuration, mean: Tensor, using generator: inout some RandomNumberGenerator
  ) {
    require(!configuration.layers.isEmpty, "a belief network without latents")
    require(
      mean.shape == [configuration.visible],
      "a mean of shape \(mean.shape) for \(configuration.visible) visible units")
    self.configuration = configuration
    self.mean = mean
    let sizes = [configuration.visible] + configuration.layers
    encoder = []
    decoder = []
    for (below, above) in zip(sizes, sizes.dropFirst()) {
      encoder.append(
        Perceptron(inputs: below, hidden: configuration.hidden, outputs: above, using: &generator))
      decoder.append(
        Perceptron(
          inputs: above, hidden: configuration.hidden, outputs: below,
          outputBias: decoder.isEmpty ? mean.clippedLogits() : nil, using: &generator))
    }
    let top = Bernoulli(logits: .zeros([sizes[sizes.count - 1]]))
    prior =
      configuration.priorHidden.map { Prior(of: top, hidden: $0, using: &generator) }
      ?? Prior(of: top, isLearned: configuration.learnsPrior)
  }

  /// q(h_{layer + 1} | below), for x itself at layer 0.
  public func posterior(_ layer: Int, given below: Bits) -> Bernoulli {
    Bernoulli(
      logits: layer == 0
        ? encoder[0](below.tensor, centeredBy: mean) : encoder[layer](below.signs))
  }

  /// p(x | h_1) at layer 0, p(h_layer | h_{layer + 1}) above.
  public func likelihood(_ layer: Int, given above: Bits) -> Bernoulli {
    Bernoulli(logits: decoder[layer](above.signs))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("mean", &mean, .tracked)
    visitor.visit("encoder", &encoder)
    visitor.visit("decoder", &decoder)
    visitor.visit("prior", &prior)
  }
}
