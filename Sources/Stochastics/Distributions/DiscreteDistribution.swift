public import Tensors

/// A law over discrete values that can be drawn from, whether or not the probability of a value can
/// be computed.
///
/// Shapes are `[samples] + batch + event`: the parameters fix batch and event, sampling puts one
/// axis in front.
public protocol SampledDistribution: Sendable {
  /// A hard sample: bits, class indices, an order. It has no gradient, and is all a black-box cost
  /// may see.
  associatedtype Sample: Sendable
  /// A hard or relaxed sample: what a differentiable cost sees.
  associatedtype Point: Sendable

  /// Sizes of the axes that hold independent distributions.
  var batch: [Int] { get }

  /// Independent samples, of shape `[count] + batch + event`.
  ///
  /// One 64-bit word is taken from the generator, whatever the count, as the key of a counter-based
  /// stream.
  func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Sample

  /// The hard sample as a point.
  static func point(_ sample: Sample) -> Point
}

/// A hard or relaxed sample as numbers, which a network can read.
public protocol FeaturedPoint: Sendable {
  /// Shape `[samples] + batch` and some axes of numbers, differentiable in what the point was
  /// relaxed from.
  var features: Tensor { get }
}

extension Tensor: FeaturedPoint {
  public var features: Tensor { self }
}

/// A law over discrete values with a probability, whose parameters may be tracked tensors.
public protocol DiscreteDistribution: SampledDistribution {
  /// The log-probability of each sample, of shape `[samples] + batch`.
  func logProbability(_ sample: Sample) -> Tensor
}

/// Few enough states to list them.
public protocol EnumerableDistribution: DiscreteDistribution {
  /// Number of joint states of one event, or `nil` if it exceeds what an integer holds.
  var stateCount: Int? { get }

  /// Every state once, as a sample of shape `[stateCount] + batch + event`.
  func states() -> Sample
}

/// The log-probability is a sum over steps: tokens, places of a ranking, independent variables.
public protocol StepwiseDistribution: DiscreteDistribution {
  /// The log-probability of each step, of shape `[samples] + batch + [steps]`.
  func logProbabilities(_ sample: Sample) -> Tensor

  /// The sum over samples, batch and steps of weights times the steps' log-probabilities, a scalar;
  /// weights have no gradient.
  ///
  /// The default forms the log-probabilities; it is for laws that form their sum and its gradient
  /// in one pass.
  func logProbability(_ sample: Sample, weightedBy weights: Tensor) -> Tensor
}

extension StepwiseDistribution {
  public func logProbability(_ sample: Sample, weightedBy weights: Tensor) -> Tensor {
    let logs = logProbabilities(sample)
    require(
      logs.shape == weights.shape, "weights \(weights.shape) of log-probabilities \(logs.shape)")
    return (logs * weights.detached()).sum()
  }
}
