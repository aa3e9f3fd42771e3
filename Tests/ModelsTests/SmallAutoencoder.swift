import DiscreteTesting
import Learning
import Models
import Stochastics
import Tensors

/// Autoencoders of four pixels over few enough codes to sum over.
struct SmallAutoencoder<Latents: LatentLaw> {
  let model: DiscreteVAE<Latents>
  /// Every code as what a decoder sees and as log-probabilities are taken of, [codes, scalars of an
  /// event].
  let codes: Tensor

  static var data: Tensor { Tensor([1, 0, 1, 1], shape: [1, 4]) }

  /// - Parameter latents: the law of one event.
  init(_ latents: Latents, hidden: [Int], prior: [Int]? = nil) {
    var generator = Philox(seed: 13)
    var model = DiscreteVAE(
      latents: latents, hidden: hidden, learnsPrior: true, priorHidden: prior,
      mean: [0.2, 0.7, 0.5, 0.4], using: &generator)
    model.forEachParameter { tensor, role in
      guard role == .trained else { return }
      tensor = tensor + Tensor.randomNormal(tensor.shape, using: &generator) * 0.8
    }
    self.model = model
    let states = Latents.point(latents.states())
    codes = states.reshaped([states.shape[0], model.event.reduce(1, *)])
  }

  /// Log-probabilities of all codes and of the data with each, [codes], by nothing of a model but
  /// its weights.
  func terms(_ model: DiscreteVAE<Latents>) -> (recognition: Tensor, joint: Tensor) {
    func output(_ link: Perceptron, _ input: Tensor) -> Tensor {
      var value = input
      for layer in link.hidden { value = (value.matmul(layer.weight) + layer.bias).tanh() }
      return value.matmul(link.output.weight) + link.output.bias
    }
    func logProbabilities(_ logits: Tensor) -> Tensor {
      let flat = logits.reshaped([codes.shape[1], 1])
      let scores = codes.matmul(flat).reshaped([codes.shape[0]])
      return scores - scores.logSumExp(along: 0)
    }
    let pixels = output(model.decoder, Latents.self == Bernoulli.self ? codes * 2 - 1 : codes)
    let prior = model.prior.network.map {
      Bernoulli(logits: $0.logits(of: Bits(codes))).logProbability(Bits(codes))
    }
    let likelihood = (pixels * Self.data - pixels.softplus()).sum(along: -1)
    return (
      logProbabilities(output(model.encoder, Self.data - model.mean)),
      likelihood + (prior ?? logProbabilities(model.prior.logits))
    )
  }

  func negativeBound(_ model: DiscreteVAE<Latents>) -> Tensor {
    let (recognition, joint) = terms(model)
    return (recognition.exp() * (recognition - joint)).sum()
  }

  /// The gradient of the exact bound, by name.
  var exact: [String: Tensor] {
    BeliefNetworkExactnessTests.gradient(of: model, negativeBound)
  }

  /// The gradient of weighted rows, each with the data and its own part of an estimator's noise.
  func mean(weights: Tensor, _ estimation: BoundEstimation<Latents>) -> [String: Tensor] {
    BeliefNetworkExactnessTests.gradient(of: model) { model in
      var (estimation, generator) = (estimation, Philox(seed: 0))
      let bounds = model.negativeBound(
        of: Bits(Self.data.broadcast(to: [weights.count, 4])), estimators: &estimation,
        using: &generator)
      return (bounds * weights).sum()
    }
  }
}
