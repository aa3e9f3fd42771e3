public import Stochastics
public import Tensors

/// A law that the latents of an autoencoder can have.
public protocol LatentLaw: EnumerableDistribution, VectorDistribution, CoupledDistribution,
  DistinctSampling, ChoiceLaw, ModalDistribution
{
  init(logits: Tensor)

  /// The divergence KL(self || other), of shape `batch`.
  func klDivergence(to other: Self) -> Tensor

  /// The entropy in nats, of shape `batch`.
  func entropy() -> Tensor

  /// The inputs of a decoder for points [...] + event, one row [..., scalars of an event] for
  /// each.
  static func features(_ point: Tensor) -> Tensor

  /// The same of hard samples, in the form in which products are quickest.
  static func features(hard sample: Sample) -> Tensor
}

extension Bernoulli: LatentLaw {
  /// 2z - 1.
  public static func features(_ point: Tensor) -> Tensor { point * 2 - 1 }

  public static func features(hard sample: Bits) -> Tensor { sample.signs }
}

extension Categorical: LatentLaw {
  /// The one-hot rows of all variables side by side.
  public static func features(_ point: Tensor) -> Tensor {
    let width = point.shape.suffix(2).reduce(1, *)
    return point.reshaped(Array(point.shape.dropLast(2)) + [width])
  }

  public static func features(hard sample: Classes) -> Tensor {
    Bits(features(sample.oneHot)).tensor
  }
}
