public import Tensors

/// A generative model of binary data with discrete latents and a recognition network, trained on
/// the evidence lower bound.
public protocol LatentVariableModel: Parameterized, Sendable {
  /// The estimators of the gradients, which know their objective.
  associatedtype Estimators: ObjectiveEstimators

  /// The negative objective of each example, [batch], with the estimators' gradient.
  func negativeBound<G: RandomNumberGenerator>(
    of x: Bits, estimators: inout Estimators, using generator: inout G
  ) -> Tensor

  /// log p(x, h) - log q(h | x) of samples h from q, of shape [samples, batch].
  func logWeights(
    of x: Bits, samples: Int, using generator: inout some RandomNumberGenerator
  ) -> Tensor

  /// The most probable code of each example as bits, [batch, ...].
  func codes(of x: Bits) -> Bits

  /// The probabilities of the pixels given one sample of the latents of each example, [batch,
  /// visible].
  func reconstructions(of x: Bits, using generator: inout some RandomNumberGenerator) -> Tensor

  /// The probabilities of the pixels of new examples, [count, visible].
  func samples(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor

  /// The first components of the names of the recognition networks' parameters, such as `encoder`.
  ///
  /// The noise of an estimator enters the gradient there.
  static var recognitionParts: Set<String> { get }
}

extension LatentVariableModel {
  public static var recognitionParts: Set<String> { ["encoder"] }
}

/// A model whose latents nearest to the data are bits.
public protocol BitLatent {
  /// The probabilities of those bits given each example, [batch, n].
  func bitProbabilities(of x: Bits) -> Tensor
}

/// A model that has a label beside its latents.
public protocol Labeled {
  /// Number of values of the label.
  var labelCount: Int { get }

  /// The most probable label of each example.
  func labels(of x: Bits) -> [Int]
}

extension Tensor {
  /// The logits of probabilities clipped to [0.001, 0.999]: where a decoder's output bias starts.
  func clippedLogits() -> Tensor {
    let clipped = minimum(maximum(self, Tensor(0.001)), Tensor(0.999))
    return clipped.log() - (1 - clipped).log()
  }
}
