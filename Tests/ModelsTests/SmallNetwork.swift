import Learning
import Models
import Stochastics
import Tensors

/// A belief network of four pixels under five and three latents, small enough to sum over its 256
/// joint states.
enum SmallNetwork {
  static let visible = 4
  static let lower = 5
  static let upper = 3
  static let data: [Scalar] = [1, 0, 1, 1]

  /// A network whose every parameter is away from where it starts.
  static func network(hidden: [Int] = []) -> BeliefNetwork {
    var generator = Philox(seed: 11)
    var network = BeliefNetwork(
      .init(visible: visible, layers: [lower, upper], hidden: hidden),
      mean: [0.2, 0.7, 0.5, 0.4], using: &generator)
    network.forEachParameter { tensor, role in
      guard role == .trained else { return }
      tensor = tensor + Tensor.randomNormal(tensor.shape, using: &generator) * 0.7
    }
    return network
  }

  /// The data, once for each row.
  static func batch(_ rows: Int) -> Bits {
    Bits(Tensor(data).broadcast(to: [rows, visible]))
  }

  /// Probabilities of the states, [lower] and [lower][upper].
  struct Posterior {
    let lower: [Scalar]
    let upper: [[Scalar]]
  }

  /// The terms of the bound in every joint state, from the definition and by nothing of the model
  /// but its weights.
  private struct Terms {
    var recognitionLower: Tensor  // [lower states, 1]
    var recognitionUpper: Tensor  // [lower states, upper states]
    var joint: Tensor  // [lower states, upper states]

    init(_ network: BeliefNetwork) {
      let x = Tensor(data, shape: [1, visible])
      let h = Terms.states(lower)
      let g = Terms.states(upper)
      let encoder = network.encoder
      let decoder = network.decoder
      recognitionLower = Terms.logProbability(
        of: h, logits: Terms.logits(encoder[0], x - network.mean)
      ).transposed()
      recognitionUpper = Terms.logProbability(of: g, logits: Terms.logits(encoder[1], h * 2 - 1))
      let data = Terms.logProbability(of: x, logits: Terms.logits(decoder[0], h * 2 - 1))
      let latents = Terms.logProbability(of: h, logits: Terms.logits(decoder[1], g * 2 - 1))
      let prior = Terms.logProbability(of: g, logits: network.prior.logits.reshaped([1, upper]))
      joint = data + latents.transposed() + prior
    }

    /// Every state of some bits, [states, bits], in the order of `DrawList.bits`.
    static func states(_ bits: Int) -> Tensor {
      Tensor(
        (0..<1 << bits).flatMap { state in (0..<bits).map { Scalar(state >> $0 & 1) } },
        shape: [1 << bits, bits])
    }

    static func logits(_ link: Perceptron, _ input: Tensor) -> Tensor {
      var value = input
      for layer in link.hidden { value = (value.matmul(layer.weight) + layer.bias).tanh() }
      return value.matmul(link.output.weight) + link.output.bias
    }

    /// Log-probabilities [rows of logits, states].
    static func logProbability(of states: Tensor, logits: Tensor) -> Tensor {
      logits.matmul(states.transposed())
        - logits.softplus().sum(along: -1, keepingDimensions: true)
    }
  }

  static func posterior(of network: BeliefNetwork) -> Posterior {
    let terms = Terms(network)
    let upperStates = 1 << upper
    let flat = terms.recognitionUpper.exp().scalars
    return Posterior(
      lower: terms.recognitionLower.exp().scalars,
      upper: stride(from: 0, to: flat.count, by: upperStates).map {
        Array(flat[$0..<$0 + upperStates])
      })
  }

  /// E_q[log q(h | x) - log p(x, h)], summed over the joint states.
  static func negativeBound(of network: BeliefNetwork) -> Tensor {
    let terms = Terms(network)
    let recognition = terms.recognitionLower + terms.recognitionUpper
    return (recognition.exp() * (recognition - terms.joint)).sum()
  }

  /// log p(x), summed over the joint states.
  static func logLikelihood(of network: BeliefNetwork) -> Tensor {
    let joint = Terms(network).joint
    return joint.reshaped([joint.count]).logSumExp(along: 0)
  }
}
