public import Stochastics
public import Tensors

/// A law that the latents of an autoencoder can have.
///
/// A model holds the law of one event and makes all others of it, so that a law may know more than
/// its logits, such as its structure.
public protocol LatentLaw: EnumerableDistribution, MomentDistribution, ModalDistribution {
  /// The same law with other logits, of shape `leading + batch + event`.
  func with(logits: Tensor) -> Self

  /// The divergence KL(self || other), of shape `batch`; `other` may lack leading axes.
  func klDivergence(to other: Self) -> Tensor

  /// The entropy in nats, of shape `batch`.
  func entropy() -> Tensor

  /// The inputs of a decoder for points [...] + event, one row [..., scalars of an event] for
  /// each.
  static func features(_ point: Tensor) -> Tensor

  /// The same of hard samples, in the form in which products are quickest.
  static func features(hard sample: Sample) -> Tensor
}

extension LatentLaw {
  /// The shape of the parameters of one event, where this is the law of one.
  var event: [Int] { naturalParameters.shape.suffix(Self.eventRank) }

  /// A loss for each event of logits `leading + event`, not finite where they are not; `nil` if all
  /// are finite.
  ///
  /// The trainer refuses such a loss, where a law of such scores would trap.
  func refusal(of logits: Tensor) -> Tensor? {
    guard !logits.allFinite else { return nil }
    let leading = Array(logits.shape.dropLast(event.count))
    return logits.reshaped(leading + [event.reduce(1, *)]).sum(along: -1)
  }
}

extension Bernoulli: LatentLaw {
  public func with(logits: Tensor) -> Bernoulli { Bernoulli(logits: logits) }

  /// 2z - 1.
  public static func features(_ point: Tensor) -> Tensor { point * 2 - 1 }

  public static func features(hard sample: Bits) -> Tensor { sample.signs }
}

extension Categorical: LatentLaw {
  public func with(logits: Tensor) -> Categorical { Categorical(logits: logits) }

  /// The one-hot rows of all variables side by side.
  public static func features(_ point: Tensor) -> Tensor {
    let width = point.shape.suffix(2).reduce(1, *)
    return point.reshaped(Array(point.shape.dropLast(2)) + [width])
  }

  public static func features(hard sample: Classes) -> Tensor {
    Bits(features(sample.oneHot)).tensor
  }
}

extension Gibbs: LatentLaw {
  public func with(logits: Tensor) -> Gibbs { with(naturalParameters: logits) }

  /// The indicators of the parts.
  public static func features(_ point: Tensor) -> Tensor { point }

  public static func features(hard sample: Bits) -> Tensor { sample.tensor }
}
